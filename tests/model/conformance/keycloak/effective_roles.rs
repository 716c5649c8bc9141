//! The roles that accounts have in whatever way: themselves, through groups, through other roles.

use serde_json::{Value as Json, json};

use super::{CLIENTS, Caller, GROUPS, ROLES, USERS};
use crate::harness::http::Body;

/// A user, and a client with a role, as the routes name them.
pub(super) struct Made {
    pub(super) user: String,
    pub(super) client: String,
}

/// A user with a role of its own, and others through a group, the group around it, and a role that contains them.
pub(super) fn made(caller: &mut Caller) -> Made {
    let person = json!({"username": "member", "email": "member@example.com", "enabled": true});
    let user = format!("{USERS}/{}", caller.post(USERS, &person));
    let outer = caller.post(GROUPS, &json!({"name": "around"}));
    let inner = caller.post(&format!("{GROUPS}/{outer}/children"), &json!({"name": "inside"}));
    let client = caller.post(CLIENTS, &json!({"clientId": "of-roles"}));
    let [own, of_inner, of_outer, part, _unheld] = ["own", "of-inner", "of-outer", "part", "unheld"].map(|name| {
        caller.post(ROLES, &json!({"name": name}));
        caller.get(&format!("{ROLES}/{name}"))
    });
    let of_client = format!("{CLIENTS}/{client}/roles");
    let [of_it, _other] = ["of-it", "other"].map(|name| {
        caller.post(&of_client, &json!({"name": name}));
        caller.get(&format!("{of_client}/{name}"))
    });
    let brief = |role: &Json| json!([{"id": role["id"], "name": role["name"]}]);
    let mut put = |path: String, role: &Json| {
        caller.send("POST", &path, &Body::Json(&brief(role)));
    };
    put(format!("{user}/role-mappings/realm"), &own);
    put(format!("{GROUPS}/{inner}/role-mappings/realm"), &of_inner);
    put(format!("{GROUPS}/{outer}/role-mappings/realm"), &of_outer);
    let inside =
        format!("/admin/realms/{{place}}/roles-by-id/{}/composites", of_outer["id"].as_str().unwrap_or_default());
    put(inside.clone(), &part);
    put(inside, &of_it);
    caller.send("PUT", &format!("{user}/groups/{inner}"), &Body::Nothing);
    Made { user, client }
}

pub(super) fn effective_roles(caller: &mut Caller) {
    let Made { user, client } = caller.quiet(made);
    caller.about("a user has roles itself, through its group and the one around it, and through what they contain");
    let known = ["own", "of-inner", "of-outer", "part", "unheld", "of-it", "other"];
    for list in [format!("{user}/role-mappings/realm"), format!("{user}/role-mappings/clients/{client}")] {
        for list in [list.clone(), format!("{list}/composite")] {
            let shown = caller.quietly(&list);
            let names = shown.as_array().into_iter().flatten().filter_map(|role| role["name"].as_str());
            let mut names: Vec<&str> = names.filter(|name| known.contains(name)).collect();
            names.sort_unstable();
            let sort = list.rsplit('/').next().unwrap_or_default();
            let sort = if ["realm", "composite"].contains(&sort) { sort } else { "client" };
            caller.remark(&format!("{sort}: {}", names.join(", ")));
        }
    }
}
