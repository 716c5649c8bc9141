//! The lists as the tool asks for them, and how things go.

use serde_json::{Value as Json, json};

use super::{CLIENTS, Caller, GROUPS, PLATFORM, ROLES, USERS};
use crate::harness::http::Body;

pub(super) fn lists(caller: &mut Caller) {
    let nothing = Body::Nothing;
    let full = "briefRepresentation=false";
    caller.about("users by pages and one by one");
    let person = json!({"username": "person", "email": "person@example.com", "enabled": true});
    let user = caller.post(USERS, &person);
    caller.get(&format!("{USERS}?first=0&max=250&{full}"));
    caller.get(&format!("{USERS}?first=250&max=250&{full}"));
    caller.get(&format!("{USERS}?username=person&exact=true&{full}"));
    caller.get(&format!("{USERS}?username=nobody&exact=true&{full}"));
    caller.about("all groups at once, and a person's");
    let group = caller.post(GROUPS, &json!({"name": "outer", "attributes": {"project": ["a"]}}));
    let inner = caller.send("POST", &format!("{GROUPS}/{group}/children"), &Body::Json(&json!({"name": "inner"})));
    let flat = format!("populateHierarchy=false&max=100000&{full}&subGroupsCount=false");
    caller.sorted(&format!("{GROUPS}?search=*&{flat}"), "name");
    caller.sorted(&format!("{GROUPS}?search=&{flat}"), "name");
    caller.put(&format!("{USERS}/{user}/groups/{}", inner.new_id()), &json!({}));
    caller.get(&format!("{USERS}/{user}/groups?{full}"));
    caller.get("/admin/realms/no-such-realm/groups/count");
    caller.about("a failed login of nobody");
    let nobody = "00000000-0000-0000-0000-000000000000";
    let known = caller.quietly(&format!("/admin/realms/{{place}}/attack-detection/brute-force/users/{nobody}"));
    caller.remark(&format!("{} failures", known["numFailures"]));
    caller.about("roles, clients and scopes");
    caller.sorted(&format!("{ROLES}?briefRepresentation=true"), "name");
    let scopes = caller.quietly("/admin/realms/{place}/client-scopes");
    caller.remark(&format!("there are scopes: {}", scopes.as_array().is_some_and(|scopes| !scopes.is_empty())));
    let client = caller.post(CLIENTS, &json!({"clientId": "app"}));
    let models = format!("{CLIENTS}/{client}/protocol-mappers/models");
    let mapper = json!({"name": "m", "protocol": "openid-connect", "protocolMapper": PLATFORM, "config": {}});
    let mapper = caller.post(&models, &mapper);
    caller.about("things go once");
    for path in [
        format!("{models}/{mapper}"),
        format!("{CLIENTS}/{client}"),
        format!("{USERS}/{user}"),
        format!("{GROUPS}/{group}"),
    ] {
        caller.send("DELETE", &path, &nothing);
        caller.send("DELETE", &path, &nothing);
    }
}

impl Caller<'_> {
    /// Writes down one field of each entry of a list that comes in no order.
    fn sorted(&mut self, path: &str, field: &str) {
        let list = self.quietly(path);
        let mut names: Vec<&str> =
            list.as_array().into_iter().flatten().filter_map(|entry: &Json| entry[field].as_str()).collect();
        names.sort_unstable();
        let place = self.place().to_owned();
        self.remark(&format!("{}: {}", path.replace("{place}", ""), names.join(", ").replace(&place, "{place}")));
    }
}
