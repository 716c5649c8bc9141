//! Users by the hundred thousand: made up as they are asked for, and never stored. They are looked at, not written.

use serde_json::{Value as Json, json};

use super::{Document, user};

/// So many users, each with one grant.
#[derive(Default)]
pub(super) struct Crowd {
    count: usize,
    /// The number of projects that their grants are spread over.
    projects: usize,
}

impl Crowd {
    /// Reads `{"count": …, "projects": …}`.
    pub(super) fn seeded(seed: &Json) -> Self {
        let number = |key: &str| usize::try_from(seed[key].as_u64().unwrap_or(0)).unwrap();
        Self { count: number("count"), projects: number("projects").max(1) }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Those from the `first` on, in the order of their names; the one of that name, if there is one.
    pub(super) fn from(&self, first: usize, name: Option<&str>) -> impl Iterator<Item = Document> {
        let number = |name: &str| name.strip_prefix("crowd-")?.parse::<usize>().ok();
        let numbers = match name {
            None => first..self.count,
            Some(name) => number(name).map_or(0..0, |number| number..(number + 1).min(self.count)),
        };
        numbers.map(|number| self.one(number))
    }

    fn one(&self, number: usize) -> Document {
        let mut document = user::fresh(&format!("dddddddd-0000-4000-8000-{number:012x}"));
        let name = format!("crowd-{number:06}");
        let project = format!("project-{:04}", number % self.projects);
        let grant =
            json!({"domain": {"name": "Default"}, "name": project, "roles": [{"name": "member"}, {"name": "reader"}]});
        let given = json!({"username": name, "email": format!("{name}@example.com"), "firstName": "First",
            "lastName": "Last", "attributes": {"project": [grant.to_string()]}});
        document.extend(given.as_object().cloned().unwrap_or_default());
        document
    }
}
