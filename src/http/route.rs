//! Routes: where a document lives on a server, as segments. Never composed by string formatting.

use std::fmt;

use url::Url;

/// The path segments and the query of a request, unescaped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route {
    segments: Vec<String>,
    query: Vec<(String, String)>,
}

/// A name that cannot be a path segment: it would lead to another place.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot be part of an address on the server")]
pub struct UnsafeSegment(pub String);

impl Route {
    /// The route through `segments`.
    pub fn new<'a>(segments: impl IntoIterator<Item = &'a str>) -> Self {
        Self { segments: segments.into_iter().map(str::to_owned).collect(), query: Vec::new() }
    }

    /// This route and one more segment.
    #[must_use]
    pub fn child(mut self, segment: &str) -> Self {
        self.segments.push(segment.to_owned());
        self
    }

    /// This route with one more query parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// The segments.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// The address of this route below `base`.
    ///
    /// # Errors
    /// [`UnsafeSegment`] for an empty segment, `.` and `..`, which would change the path.
    pub fn below(&self, base: &Url) -> Result<Url, UnsafeSegment> {
        if let Some(segment) = self.segments.iter().find(|segment| matches!(segment.as_str(), "" | "." | "..")) {
            return Err(UnsafeSegment(segment.clone()));
        }
        let mut url = base.clone();
        url.path_segments_mut().map_err(|()| UnsafeSegment(base.to_string()))?.pop_if_empty().extend(&self.segments);
        // Allowed in addresses as it is; Keycloak takes it in this form alone (seen on 26.7).
        if url.path().contains(';') {
            url.set_path(&url.path().replace(';', "%3B"));
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "/{}", self.segments.join("/"))?;
        let separators = std::iter::once('?').chain(std::iter::repeat('&'));
        separators
            .zip(&self.query)
            .try_for_each(|(separator, (name, value))| write!(formatter, "{separator}{name}={value}"))
    }
}

#[cfg(test)]
mod tests;
