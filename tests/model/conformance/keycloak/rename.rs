//! What gets another name, and stays what it is.

use serde_json::json;

use super::super::Caller;
use super::{CLIENTS, GROUPS, ROLES, USERS};

const REALM: &str = "/admin/realms/{place}";
const SCOPES: &str = "/admin/realms/{place}/client-scopes";
const BY_ID: &str = "/admin/realms/{place}/roles-by-id";

pub(super) fn rename(caller: &mut Caller) {
    caller.about("a group takes its sub-groups along, and takes no other's name");
    let group = caller.post(GROUPS, &json!({"name": "old", "attributes": {"kept": ["1"]}}));
    caller.quiet(|caller| {
        caller.post(GROUPS, &json!({"name": "taken"}));
        caller.post(&format!("{GROUPS}/{group}/children"), &json!({"name": "inner"}));
    });
    caller.put(&format!("{GROUPS}/{group}"), &json!({"name": "taken"}));
    caller.put(&format!("{GROUPS}/{group}"), &json!({"name": "new/ü"}));
    tell(caller, &format!("{GROUPS}/{group}"), &["name", "path", "attributes"]);
    let inner = caller.quietly(&format!("{GROUPS}/{group}/children"))[0]["path"].clone();
    caller.remark(&format!("inner {inner}"));

    caller.about("a client takes its account along");
    let client =
        caller.post(CLIENTS, &json!({"clientId": "old", "publicClient": false, "serviceAccountsEnabled": true}));
    caller.quiet(|caller| caller.post(CLIENTS, &json!({"clientId": "taken"})));
    caller.put(&format!("{CLIENTS}/{client}"), &json!({"clientId": "taken"}));
    caller.put(&format!("{CLIENTS}/{client}"), &json!({"clientId": "New"}));
    tell(caller, &format!("{CLIENTS}/{client}"), &["clientId", "serviceAccountsEnabled"]);
    tell(caller, &format!("{CLIENTS}/{client}/service-account-user"), &["username"]);

    caller.about("a client scope");
    let scope = caller.post(SCOPES, &json!({"name": "old", "protocol": "openid-connect", "description": "kept"}));
    caller.put(&format!("{SCOPES}/{scope}"), &json!({"name": "email"}));
    caller.put(&format!("{SCOPES}/{scope}"), &json!({"name": "new"}));
    tell(caller, &format!("{SCOPES}/{scope}"), &["name", "protocol", "description"]);

    caller.about("roles");
    let of_client = format!("{CLIENTS}/{client}/roles");
    for roles in [ROLES, of_client.as_str()] {
        for name in ["old", "taken"] {
            caller.quiet(|caller| caller.post(roles, &json!({"name": name, "description": "kept"})));
        }
        let role = caller.quietly(&format!("{roles}/old"))["id"].as_str().unwrap_or_default().to_owned();
        caller.put(&format!("{BY_ID}/{role}"), &json!({"name": "taken"}));
        caller.put(&format!("{BY_ID}/{role}"), &json!({"name": "new/ü", "description": "kept"}));
        tell(caller, &format!("{BY_ID}/{role}"), &["name", "description"]);
    }

    caller.about("a user, where the realm allows it");
    let user = caller.post(USERS, &json!({"username": "old", "enabled": true}));
    caller.quiet(|caller| caller.post(USERS, &json!({"username": "taken"})));
    caller.put(&format!("{USERS}/{user}"), &json!({"username": "new"}));
    caller.put(REALM, &json!({"editUsernameAllowed": true}));
    caller.put(&format!("{USERS}/{user}"), &json!({"username": "taken"}));
    caller.put(&format!("{USERS}/{user}"), &json!({"username": "New"}));
    tell(caller, &format!("{USERS}/{user}"), &["username", "enabled"]);
}

/// These fields of what is at `path`.
fn tell(caller: &mut Caller, path: &str, fields: &[&str]) {
    let body = caller.quietly(path);
    let told: Vec<String> = fields.iter().map(|field| format!("{field} {}", body[*field])).collect();
    caller.remark(&told.join(", "));
}
