//! What gets another name, and stays what it is.

use serde_json::json;

use super::super::Caller;
use super::home;
use crate::harness::http::Body;

pub(super) fn rename(caller: &mut Caller) {
    let home = caller.quiet(home);
    for (kind, list) in [("project", "projects"), ("group", "groups"), ("user", "users")] {
        caller.about(&format!("a {kind}, and one whose name is taken"));
        let named = |name: &str| json!({kind: {"name": name, "domain_id": home}});
        let id = caller.quiet(|caller| caller.post(&format!("/v3/{list}"), &named("old")));
        caller.quiet(|caller| caller.post(&format!("/v3/{list}"), &named("taken")));
        caller.patch(&format!("/v3/{list}/{id}"), &json!({kind: {"name": "new/ü"}}));
        caller.patch(&format!("/v3/{list}/{id}"), &json!({kind: {"name": "taken"}}));
        caller.get(&format!("/v3/{list}?domain_id={home}&name=old"));
    }
    caller.about("a role, and one whose name is taken");
    let [old, new, taken] = ["old", "new", "taken"].map(|name| {
        let place = caller.place();
        json!({"role": {"name": format!("{place}-{name}")}})
    });
    let id = caller.quiet(|caller| caller.post("/v3/roles", &old));
    let other = caller.quiet(|caller| caller.post("/v3/roles", &taken));
    caller.patch(&format!("/v3/roles/{id}"), &new);
    caller.patch(&format!("/v3/roles/{id}"), &taken);
    for role in [id, other] {
        caller.quiet(|caller| caller.send("DELETE", &format!("/v3/roles/{role}"), &Body::Nothing));
    }
}
