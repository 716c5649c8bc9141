//! Mappings, identity providers and their protocols.

use serde_json::{Value as Json, json};

use super::{Caller, home};
use crate::harness::http::Body;

/// The smallest rules with projects of their own, which schema 3.0 alone knows.
fn rules(name: &str) -> Json {
    json!([{"local": [{"user": {"name": name}, "domain": {"name": "Default"}, "projects_json": "{1}"}],
        "remote": [{"type": "OIDC-preferred_username"}, {"type": "OIDC-projects"}]}])
}

fn old_rules() -> Json {
    json!([{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "OIDC-preferred_username"}]}])
}

pub(super) fn mapping(caller: &mut Caller) {
    let one = format!("/v3/OS-FEDERATION/mappings/{}-m", caller.place());
    let body = |rules: &Json, version: &str| json!({"mapping": {"rules": rules, "schema_version": version}});
    caller.about("a mapping is put once");
    caller.put(&one, &body(&rules("{0}"), "3.0"));
    caller.get(&one);
    caller.put(&one, &body(&rules("{0}"), "3.0"));
    caller.about("a PATCH replaces the rules, and needs the version");
    caller.patch(&one, &body(&rules("x{0}"), "3.0"));
    caller.patch(&one, &json!({"mapping": {"rules": rules("{0}")}}));
    caller.patch(&one, &json!({"mapping": {"schema_version": "3.0"}}));
    caller.patch(&one, &json!({"mapping": {"rules": old_rules()}}));
    caller.about("versions that the server does not know");
    caller.patch(&one, &body(&old_rules(), "4.0"));
    let other = format!("/v3/OS-FEDERATION/mappings/{}-n", caller.place());
    caller.put(&other, &body(&rules("{0}"), "4.0"));
    caller.put(&other, &body(&rules("{0}"), "1.0"));
    caller.put(&other, &json!({"mapping": {"rules": [], "schema_version": "3.0"}}));
    caller.get(&other);
    caller.about("as it is deleted");
    caller.send("DELETE", &one, &Body::Nothing);
    caller.send("DELETE", &one, &Body::Nothing);
}

pub(super) fn identity_provider(caller: &mut Caller) {
    let domain = home(caller);
    let place = caller.place().to_owned();
    let path = |name: &str| format!("/v3/OS-FEDERATION/identity_providers/{place}-{name}");
    let issuer = |name: &str| format!("https://{name}.example.com/realms/{place}");
    let (one, other) = (path("a"), path("b"));
    let body = |fields: Json| json!({"identity_provider": fields});
    caller.about("a provider is put once, and is disabled unless it is said");
    caller.put(&one, &body(json!({"domain_id": domain})));
    caller.get(&one);
    caller.put(&one, &body(json!({"domain_id": domain})));
    caller.put(
        &other,
        &body(json!({"domain_id": domain, "enabled": true, "description": "text", "authorization_ttl": 30,
            "remote_ids": [issuer("b"), issuer("c")]})),
    );

    caller.about("a PATCH merges; remote ids are replaced");
    caller.patch(&one, &body(json!({"enabled": true, "remote_ids": [issuer("a")]})));
    caller.patch(&one, &body(json!({"description": "text"})));
    caller.patch(&one, &body(json!({"authorization_ttl": 5})));
    caller.patch(&one, &body(json!({"authorization_ttl": null})));
    caller.patch(&one, &body(json!({"domain_id": domain})));
    caller.patch(&one, &body(json!({})));

    caller.about("a remote id has one owner and 64 characters");
    caller.patch(&one, &body(json!({"remote_ids": [issuer("a"), issuer("b")]})));
    caller.put(&path("c"), &body(json!({"domain_id": domain, "remote_ids": [issuer("b")]})));
    caller.patch(&one, &body(json!({"remote_ids": ["x".repeat(65)]})));
    caller.patch(&one, &body(json!({"remote_ids": [issuer("a"), issuer("a")]})));
    caller.patch(&other, &body(json!({"remote_ids": [issuer("c")]})));
    caller.patch(&one, &body(json!({"remote_ids": [issuer("a"), issuer("b")]})));
    caller.get(&one);

    caller.about("a protocol is put once, with a mapping");
    let mapping = format!("/v3/OS-FEDERATION/mappings/{place}-m");
    let mapping_id = format!("{place}-m");
    let openid = format!("{one}/protocols/openid");
    let protocol = |fields: Json| json!({"protocol": fields});
    caller.put(&openid, &protocol(json!({"mapping_id": mapping_id})));
    caller.put(&mapping, &json!({"mapping": {"rules": old_rules(), "schema_version": "1.0"}}));
    caller.put(&openid, &protocol(json!({})));
    caller.put(&openid, &protocol(json!({"mapping_id": mapping_id, "remote_id_attribute": "HTTP_OIDC_ISS"})));
    caller.put(&openid, &protocol(json!({"mapping_id": mapping_id})));
    caller.get(&openid);
    caller.get(&format!("{one}/protocols"));
    caller.patch(&openid, &protocol(json!({"remote_id_attribute": "OTHER"})));
    caller.patch(&openid, &protocol(json!({"mapping_id": mapping_id, "remote_id_attribute": "OTHER"})));
    caller.patch(&openid, &protocol(json!({"mapping_id": mapping_id, "remote_id_attribute": null})));
    caller.patch(&openid, &protocol(json!({"mapping_id": mapping_id, "remote_id_attribute": ""})));
    caller.get(&format!("{one}/protocols"));
    caller.get(&format!("{}/protocols", path("nobody")));
    caller.put(&format!("{}/protocols/openid", path("nobody")), &protocol(json!({"mapping_id": mapping_id})));

    caller.about("as they are deleted");
    caller.send("DELETE", &openid, &Body::Nothing);
    caller.send("DELETE", &openid, &Body::Nothing);
    for path in [&one, &other, &mapping] {
        caller.send("DELETE", path, &Body::Nothing);
    }
    caller.get(&one);
}
