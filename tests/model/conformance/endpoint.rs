//! What a request is about whatever its names and ids are, so that what the tool asks can be looked for in the stories.

use std::collections::BTreeSet;

use url::form_urlencoded;

/// What was asked for and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Exchange {
    /// Method, path and names of the query, such as `GET /admin/realms/{}/users/{}/groups ?first&max`.
    pub(crate) endpoint: String,
    pub(crate) status: u16,
}

/// Whatever comes behind one of these in a path is a name or an id.
const COLLECTIONS: [&str; 24] = [
    "access_rules",
    "application_credentials",
    "client-scopes",
    "clients",
    "components",
    "default-client-scopes",
    "default-default-client-scopes",
    "default-groups",
    "default-optional-client-scopes",
    "domains",
    "groups",
    "identity_providers",
    "implies",
    "instances",
    "mappers",
    "mappings",
    "models",
    "optional-client-scopes",
    "projects",
    "protocols",
    "realms",
    "roles",
    "roles-by-id",
    "users",
];

/// Words of the servers that stand where ids stand.
const WORDS: [&str; 2] = ["count", "profile"];

impl Exchange {
    /// `target` is the path and the query as they were sent.
    pub(crate) fn new(method: &str, target: &str, status: u16) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut template = String::new();
        let mut is_name = false;
        for segment in path.trim_matches('/').split('/') {
            template += "/";
            template += if is_name && !WORDS.contains(&segment) { "{}" } else { segment };
            is_name = !is_name && COLLECTIONS.contains(&segment);
        }
        let names: BTreeSet<String> =
            form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect();
        let names = names.into_iter().collect::<Vec<_>>().join("&");
        let query = if names.is_empty() { String::new() } else { format!(" ?{names}") };
        Self { endpoint: format!("{method} {template}{query}"), status }
    }

    /// Whether the server did what was asked.
    pub(crate) fn is_granted(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
