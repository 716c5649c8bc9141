//! Makes what a run said and sent comparable: addresses, ids and secrets become names.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use opcp_provision::model::address::Address;
use serde_json::{Map, Value as Json};

/// Replacements of text, longest first, so that no name is cut by a shorter one.
#[derive(Default)]
pub(crate) struct Names(BTreeMap<(Reverse<usize>, String), String>);

impl Names {
    /// Shows `value` as `name` from now on.
    pub(crate) fn add(&mut self, value: &str, name: &str) {
        if !value.is_empty() {
            self.0.entry((Reverse(value.len()), value.to_owned())).or_insert_with(|| name.to_owned());
        }
    }

    /// The text with every known value replaced.
    pub(crate) fn apply(&self, text: &str) -> String {
        // Most texts are shorter than most values: those are not even tried.
        let fitting = self.0.range((Reverse(text.len()), String::new())..);
        let replace = |text: String, ((_, value), name): (&(_, String), &String)| {
            if text.contains(value.as_str()) { text.replace(value.as_str(), name) } else { text }
        };
        fitting.fold(text.to_owned(), replace)
    }

    /// The document on one line, its keys sorted, every known value replaced.
    pub(crate) fn compact(&self, document: &Json) -> String {
        self.replaced(document).to_string()
    }

    fn replaced(&self, document: &Json) -> Json {
        match document {
            Json::String(text) => self.apply(text).into(),
            Json::Array(items) => items.iter().map(|item| self.replaced(item)).collect(),
            Json::Object(fields) => {
                let sorted: BTreeMap<_, _> =
                    fields.iter().map(|(key, value)| (key.clone(), self.replaced(value))).collect();
                Json::Object(Map::from_iter(sorted))
            }
            other => other.clone(),
        }
    }

    /// What changed between two dumps: one line for each object or field, sorted.
    pub(crate) fn changes(&self, before: &BTreeMap<String, Json>, after: &BTreeMap<String, Json>) -> String {
        let mut lines = Vec::new();
        for address in before.keys().chain(after.keys().filter(|address| !before.contains_key(*address))) {
            match (before.get(address), after.get(address)) {
                (None, _) => lines.push(format!("+ {address}")),
                (_, None) => lines.push(format!("- {address}")),
                (Some(was), Some(is)) => self.differences(address, was, is, &mut lines),
            }
        }
        lines.sort();
        lines.into_iter().map(|line| line + "\n").collect()
    }

    fn differences(&self, place: &str, was: &Json, is: &Json, lines: &mut Vec<String>) {
        if let (Json::Object(was), Json::Object(is)) = (was, is) {
            for key in was.keys().chain(is.keys().filter(|key| !was.contains_key(*key))) {
                let (was, is) = (was.get(key).unwrap_or(&Json::Null), is.get(key).unwrap_or(&Json::Null));
                self.differences(&format!("{place} {key}"), was, is, lines);
            }
        } else if was != is {
            lines.push(format!("~ {place}: {} -> {}", self.compact(was), self.compact(is)));
        }
    }
}

/// The addresses of the objects that differ between two dumps; but those that went with what they are in, or are of.
pub(crate) fn changed(before: &BTreeMap<String, Json>, after: &BTreeMap<String, Json>) -> Vec<String> {
    let all = before.keys().chain(after.keys().filter(|address| !before.contains_key(*address)));
    let went = |around: &String| before.contains_key(around) && !after.contains_key(around);
    let went_with_it = |address: &&String| !after.contains_key(*address) && around(address, before).iter().any(went);
    let differ = all.filter(|address| before.get(*address) != after.get(*address));
    let mut changed: Vec<String> = differ.filter(|address| !went_with_it(address)).cloned().collect();
    changed.sort();
    changed
}

/// The addresses of what takes the thing at `address` with it when it goes: in Keycloak groups, clients and scopes, in Keystone
/// groups and users, roles and projects, and domains with all that is in them.
fn around(address: &str, before: &BTreeMap<String, Json>) -> Vec<String> {
    let parts: Vec<&str> = address.split('/').collect();
    match parts.as_slice() {
        ["keycloak", realm, sort, names @ ..] => {
            let at = |sort: &str, name: &str| format!("keycloak/{realm}/{sort}/{name}");
            match (*sort, names) {
                ("client-role", [client, _]) => vec![at("client", client)],
                ("membership", [outer @ .., _]) => vec![at("group", &outer.join("/"))],
                ("identity-provider-mapper", [provider, _]) => vec![at("identity-provider", provider)],
                ("protocol-mapper", ["client-scope", scope, _]) | ("assigned-scope", [scope]) => {
                    vec![at("client-scope", scope)]
                }
                ("assigned-scope", [client, scope]) => vec![at("client", client), at("client-scope", scope)],
                ("scope-mapping", [.., sort, scope]) => vec![at(sort, scope)],
                _ => Vec::new(),
            }
        }
        ["keystone", "membership", domain, group, home, user] => {
            vec![format!("keystone/group/{domain}/{group}"), format!("keystone/user/{home}/{user}")]
        }
        ["keystone", "role-assignment", ..] => {
            let assigned = address.parse::<Address>().ok().and_then(|address| address.assigned());
            let linked = assigned.into_iter().flat_map(|of| [Some(of.holder), of.target, Some(of.role)]);
            linked.flatten().map(|linked| linked.to_string()).collect()
        }
        ["keystone", "project" | "user" | "group" | "role", domain, _] => vec![format!("keystone/domain/{domain}")],
        ["keystone", "identity-provider", _] => {
            let home = &before.get(address).unwrap_or(&Json::Null)["domain_id"];
            let is_home =
                |(address, domain): &(&String, &Json)| address.starts_with("keystone/domain/") && domain["id"] == *home;
            before.iter().filter(is_home).map(|(address, _)| address.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// What stands between the address of an object that gets another name and its old one.
const RENAMED: &str = " (renamed from ";

/// The new names of objects that a plan renames, each by the address that it has while it is itself called as before.
#[derive(Default)]
pub(crate) struct NewNames(BTreeMap<Address, String>);

impl NewNames {
    /// Those that the text of a plan tells.
    pub(crate) fn told(plan: &str) -> Self {
        let renamed = |line: &str| {
            let address: Address = step(line)?.parse().ok()?;
            let old: String = serde_json::from_str(line.split_once(RENAMED)?.1.rsplit_once(')')?.0).ok()?;
            Some((address.called(&old), address.name().to_owned()))
        };
        Self(plan.lines().filter_map(renamed).collect())
    }

    /// A dump of the servers as if all of them had been given, however many have been.
    pub(crate) fn given(&self, dump: BTreeMap<String, Json>) -> BTreeMap<String, Json> {
        let new = |old: String| old.parse().map_or(old, |address| self.address(address).to_string());
        dump.into_iter().map(|(address, body)| (new(address), body)).collect()
    }

    fn address(&self, mut address: Address) -> Address {
        let old = |(index, object): (usize, Address)| Some((index, self.0.get(&object)?));
        while let Some((index, name)) = address.named().into_iter().find_map(old) {
            address = address.with_name(index, name);
        }
        address
    }
}

/// The addresses of a plan's steps, as its text shows them.
pub(crate) fn planned(plan: &str) -> Vec<String> {
    // What is only verified is shown before.
    let (_, changes) = plan.split_once("opcp-provision will make these changes").unwrap_or_default();
    let mut steps: Vec<String> = changes.lines().filter_map(step).map(str::to_owned).collect();
    steps.sort();
    steps.dedup();
    steps
}

/// The address in a line that begins a step.
pub(super) fn step(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("  ")?.strip_prefix(['+', '~', '-'])?.strip_prefix(' ')?;
    let rest = rest.strip_suffix(" (first)").or(rest.strip_suffix(" (then)")).unwrap_or(rest);
    let rest = rest.split_once(RENAMED).map_or(rest, |(address, _)| address);
    ["keycloak/", "keystone/"].iter().any(|start| rest.starts_with(start)).then_some(rest)
}
