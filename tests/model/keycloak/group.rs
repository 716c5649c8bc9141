//! Groups: a tree of names, attributes that a PUT replaces, members.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value as Json, json};

use super::rights::Rights;
use super::{Answer, Document, Keycloak, Realm, Request, created, page, representation, text, user};

const VIEW: &[&str] = &["view-users", "manage-users"];
const MANAGE: &[&str] = &["manage-users"];

/// How long a value of an attribute may be.
const LONGEST: usize = 255;

impl Keycloak {
    pub(super) fn groups(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let shown = rights.list(VIEW, "query-groups")?;
                let flat = self.searched(request);
                let realm = self.realm(realm)?;
                let mut found: Vec<&Document> =
                    realm.groups.iter().filter(|group| shown && (flat || !group.contains_key("parentId"))).collect();
                found.sort_by_key(|group| text(group, "name").to_owned());
                page(request, found.into_iter().map(|group| presented(realm, group)).collect(), -1)
            }
            ("GET", ["count"]) => {
                // The true number, even for those who see none of them.
                rights.list(VIEW, "query-groups")?;
                Ok(Answer::json(200, &json!({"count": self.realm(realm)?.groups.len()})))
            }
            ("POST", []) => {
                rights.need(MANAGE)?;
                let body = representation::read(request, &representation::group(), |_| ())?;
                let id = self.create_group(realm, None, &body)?;
                Ok(created(request, &id))
            }
            (_, [id, "role-mappings", rest @ ..]) => {
                self.group(realm, id)?;
                self.role_mappings(request, rights, realm, id, rest)
            }
            (method, [id, rest @ ..]) => {
                self.group(realm, id)?;
                rights.need(if method == "GET" { VIEW } else { MANAGE })?;
                self.one_group(request, realm, id, rest)
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// Whether the list is asked for in the way that shows all groups flat; it depends on the version.
    fn searched(&self, request: &Request) -> bool {
        let everything = if self.version.starts_with("26.0.") { "" } else { "*" };
        request.query("search") == Some(everything) && request.query("populateHierarchy") == Some("false")
    }

    fn one_group(&mut self, request: &Request, realm: &str, id: &str, rest: &[&str]) -> Result<Answer, Answer> {
        let groups = self.realm(realm)?.groups.clone();
        let inside = || groups.iter().filter(|group| text(group, "parentId") == id);
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let mut body = presented(&self.realms[realm], self.group(realm, id)?);
                body["subGroupCount"] = inside().count().into();
                Ok(Answer::json(200, &body))
            }
            ("GET", ["children"]) => {
                page(request, inside().map(|group| presented(&self.realms[realm], group)).collect(), 10)
            }
            ("POST", ["children"]) => {
                let body = representation::read(request, &representation::group(), |_| ())?;
                let new = self.create_group(realm, Some(id), &body)?;
                let body = presented(&self.realms[realm], self.group(realm, &new)?);
                let place = format!("{}/admin/realms/{realm}/groups/{new}", request.origin());
                Ok(Answer::json(201, &body).with("location", place))
            }
            ("GET", ["members"]) => {
                let realm = self.realm(realm)?;
                let from = (id.to_owned(), String::new());
                let links = realm.members.range(from..).take_while(|(group, _)| group == id);
                let ids: BTreeSet<&str> = links.map(|(_, user)| user.as_str()).collect();
                let mut members: Vec<&Document> =
                    realm.users.iter().filter(|user| ids.contains(text(user, "id"))).collect();
                members.sort_by_key(|user| text(user, "username").to_owned());
                page(request, members.into_iter().map(user::brief).collect(), 100)
            }
            ("PUT", []) => {
                let body = representation::read(request, &representation::group(), |_| ())?;
                self.update_group(realm, id, &body)
            }
            ("DELETE", []) => {
                self.remove_group(realm, id)?;
                Ok(Answer::empty(204))
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    fn group(&self, realm: &str, id: &str) -> Result<&Document, Answer> {
        let groups = self.realms.get(realm).map_or(&[][..], |realm| &realm.groups);
        groups
            .iter()
            .find(|group| text(group, "id") == id)
            .ok_or_else(|| Answer::error(404, "Could not find group by id"))
    }

    fn create_group(&mut self, realm: &str, parent: Option<&str>, body: &Document) -> Result<String, Answer> {
        let name = text(body, "name").to_owned();
        if name.is_empty() {
            return Err(Answer::json(400, &json!({"errorMessage": "Group name is missing"})));
        }
        self.free(realm, parent.unwrap_or_default(), &name, "")?;
        let id = self.new_id();
        let mut group = Document::new();
        group.insert("id".to_owned(), id.clone().into());
        group.insert("name".to_owned(), name.into());
        if let Some(parent) = parent {
            group.insert("parentId".to_owned(), parent.into());
        }
        group.insert("attributes".to_owned(), stored(body.get("attributes"))?);
        self.realm(realm)?.groups.push(group);
        Ok(id)
    }

    fn update_group(&mut self, realm: &str, id: &str, body: &Document) -> Result<Answer, Answer> {
        let name = text(body, "name").to_owned();
        if name.is_empty() {
            return Err(Answer::json(400, &json!({"errorMessage": "Group name is missing"})));
        }
        let parent = text(self.group(realm, id)?, "parentId").to_owned();
        self.free(realm, &parent, &name, id)?;
        let attributes = body.get("attributes").map(|given| stored(Some(given))).transpose()?;
        let groups = &mut self.realm(realm)?.groups;
        for group in groups.iter_mut().filter(|group| text(group, "id") == id) {
            group.insert("name".to_owned(), name.clone().into());
            representation::renew(group, body);
            // Cleared by whoever does not mention it.
            group.shift_remove("description");
            if let Some(description) = body.get("description") {
                group.insert("description".to_owned(), description.clone());
            }
            if let Some(attributes) = &attributes {
                group.insert("attributes".to_owned(), attributes.clone());
            }
        }
        Ok(Answer::empty(204))
    }

    /// Refuses a name that a group beside it has.
    fn free(&mut self, realm: &str, parent: &str, name: &str, own: &str) -> Result<(), Answer> {
        let beside = |group: &&Document| text(group, "parentId") == parent && text(group, "id") != own;
        if !self.realm(realm)?.groups.iter().filter(beside).any(|group| text(group, "name") == name) {
            return Ok(());
        }
        let which = if parent.is_empty() && own.is_empty() { "Top level" } else { "Sibling" };
        Err(Answer::json(409, &json!({"errorMessage": format!("{which} group named '{name}' already exists.")})))
    }

    /// A group goes with all groups in it.
    fn remove_group(&mut self, realm: &str, id: &str) -> Result<(), Answer> {
        let inside: Vec<String> = self
            .realm(realm)?
            .groups
            .iter()
            .filter(|group| text(group, "parentId") == id)
            .map(|group| text(group, "id").to_owned())
            .collect();
        for inner in inside {
            self.remove_group(realm, &inner)?;
        }
        let realm = self.realm(realm)?;
        realm.groups.retain(|group| text(group, "id") != id);
        realm.forget_holder(id);
        Ok(())
    }

    /// `users/{id}/groups…`; the caller and the user have already been checked.
    pub(super) fn memberships(
        &mut self,
        request: &Request,
        realm: &str,
        user: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let realm = self.realm(realm)?;
                let mine = |group: &&Document| realm.members.contains(&(text(group, "id").to_owned(), user.to_owned()));
                if request.query("briefRepresentation") == Some("false") {
                    let full = |group: &Document| {
                        let mut full = presented(realm, group);
                        full.as_object_mut().unwrap().shift_remove("access");
                        full
                    };
                    return Ok(Answer::json(200, &realm.groups.iter().filter(mine).map(full).collect()));
                }
                Ok(Answer::json(200, &realm.groups.iter().filter(mine).map(|group| brief(realm, group)).collect()))
            }
            (method @ ("PUT" | "DELETE"), [group]) => {
                self.group(realm, group).map_err(|_| Answer::error(404, "Group not found"))?;
                let link = ((*group).to_owned(), user.to_owned());
                let members = &mut self.realm(realm)?.members;
                if method == "PUT" {
                    members.insert(link)
                } else {
                    members.remove(&link)
                };
                Ok(Answer::empty(204))
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// `default-groups…`: a list of its own, whose writes may be repeated.
    pub(super) fn default_groups(
        &mut self,
        request: &Request,
        rights: &Rights,
        realm: &str,
        rest: &[&str],
    ) -> Result<Answer, Answer> {
        rights.need(if request.method == "GET" { &["view-realm", "manage-realm"] } else { &["manage-realm"] })?;
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let realm = self.realm(realm)?;
                let mut listed: Vec<&Document> =
                    realm.groups.iter().filter(|group| realm.default_groups.contains(text(group, "id"))).collect();
                listed.sort_by_key(|group| text(group, "name").to_owned());
                Ok(Answer::json(200, &listed.into_iter().map(|group| brief(realm, group)).collect()))
            }
            (method @ ("PUT" | "DELETE"), [id]) => {
                self.group(realm, id).map_err(|_| Answer::error(404, "Group not found"))?;
                let default = &mut self.realm(realm)?.default_groups;
                if method == "PUT" {
                    default.insert((*id).to_owned())
                } else {
                    default.remove(*id)
                };
                Ok(Answer::empty(204))
            }
            _ => Err(Answer::unknown_route()),
        }
    }

    /// The ids of a realm's users, by their names.
    pub(super) fn ids_of_users(&self, realm: &str) -> HashMap<String, String> {
        let users = self.realms[realm].users.iter();
        users.map(|user| (text(user, "username").to_owned(), text(user, "id").to_owned())).collect()
    }

    /// Adds a group of the seed, by `path`, with `attributes` and the usernames of its `members`, whose `ids` are known.
    pub(super) fn seed_group(&mut self, realm: &str, seed: &Json, ids: &HashMap<String, String>) {
        let mut parent: Option<String> = None;
        for name in seed["path"].as_str().unwrap().split('/').skip(1) {
            let groups = &self.realm(realm).unwrap().groups;
            let inside = parent.clone().unwrap_or_default();
            let known = groups.iter().find(|group| text(group, "parentId") == inside && text(group, "name") == name);
            let id = if let Some(group) = known {
                text(group, "id").to_owned()
            } else {
                let body = json!({"name": name}).as_object().cloned().unwrap();
                self.create_group(realm, parent.as_deref(), &body).unwrap()
            };
            parent = Some(id);
        }
        let id = parent.unwrap();
        self.seed_mappings(realm, &id, &seed["realmRoles"], &seed["clientRoles"]);
        let realm = self.realm(realm).unwrap();
        let group = realm.groups.iter_mut().find(|group| text(group, "id") == id).unwrap();
        group.insert("attributes".to_owned(), stored(seed.get("attributes")).unwrap());
        if seed["isDefault"] == true {
            realm.default_groups.insert(id.clone());
        }
        for username in seed["members"].as_array().into_iter().flatten() {
            realm.members.insert((id.clone(), ids[username.as_str().unwrap()].clone()));
        }
    }
}

/// The names of a group and of all that it is in, outermost first.
pub(super) fn names<'a>(groups: &'a [Document], group: &'a Document) -> Vec<&'a str> {
    let outer = groups.iter().find(|outer| text(outer, "id") == text(group, "parentId"));
    let mut found = outer.map_or_else(Vec::new, |outer| names(groups, outer));
    found.push(text(group, "name"));
    found
}

/// The server's path: a `/` in a name is not told from one between names.
fn path(groups: &[Document], group: &Document) -> String {
    format!("/{}", names(groups, group).join("/"))
}

/// What lists of somebody's groups show of one.
fn brief(realm: &Realm, group: &Document) -> Json {
    let mut brief =
        json!({"id": group["id"], "name": group["name"], "path": path(&realm.groups, group), "subGroups": []});
    if let Some(parent) = group.get("parentId") {
        brief["parentId"] = parent.clone();
    }
    brief
}

fn presented(realm: &Realm, group: &Document) -> Json {
    let groups = &realm.groups;
    let mut body = Json::Object(group.clone());
    body["path"] = path(groups, group).into();
    body["subGroups"] = json!([]);
    (body["realmRoles"], body["clientRoles"]) = realm.roles_of_group(text(group, "id"));
    body["access"] =
        json!({"view": true, "viewMembers": true, "manageMembers": true, "manage": true, "manageMembership": true});
    body
}

/// Attributes as they are kept: lists without values are not, blank values are, long ones break the server.
fn stored(given: Option<&Json>) -> Result<Json, Answer> {
    let given = given.and_then(Json::as_object).cloned().unwrap_or_default();
    let values = || given.values().filter_map(Json::as_array).flatten().filter_map(Json::as_str);
    if values().any(|value| value.chars().count() > LONGEST) {
        return Err(representation::unknown_error());
    }
    Ok(Json::Object(given.into_iter().filter(|(_, values)| values != &json!([])).collect()))
}
