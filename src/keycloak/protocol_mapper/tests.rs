//! What the server says of a provider decides what a declared mapper means.

use serde_json::json;

use super::*;

fn server(properties: &Json) -> Json {
    json!({"protocolMapperTypes": {"openid-connect": [
        {"id": "oidc-hardcoded-claim-mapper", "properties": []},
        {"id": "aggregated", "properties": properties},
    ]}})
}

fn usual() -> Json {
    json!([
        {"name": "user.attribute", "type": "String"},
        {"name": "claim.name", "type": "String", "required": true},
        {"name": "jsonType.label", "type": "List", "options": ["String", "JSON"]},
        {"name": "access.token.claim", "type": "boolean", "defaultValue": "true"},
        {"name": "lightweight.claim", "type": "boolean", "defaultValue": false},
    ])
}

fn mapper(provider: &str, extra: &[(&str, &str, &str)]) -> Wanted {
    let path = |keys: &[&str]| Path::new(keys.iter().copied());
    let text = |word: &str, path, value: &str| Field {
        word: word.to_owned(),
        path,
        spelling: Spelling::Same,
        want: Want::Is(Value::Json(value.into())),
        source: None,
    };
    let mut fields = vec![text("type", path(&["protocolMapper"]), provider)];
    fields.extend(extra.iter().map(|(word, name, value)| text(word, path(&["config", name]), value)));
    let address = Address::keycloak("pod", KeycloakKind::ProtocolMapper, ["openstack-cli", "projects"]);
    Wanted { fields, ..ProtocolMapper::bare(address) }
}

const CLAIM: (&str, &str, &str) = ("tokenClaim", "claim.name", "projects");

fn paths(wanted: &Wanted) -> Vec<String> {
    wanted.fields.iter().map(|field| field.path.keys().join("/")).collect()
}

#[test]
fn a_mapper_is_part_of_its_clients_document() {
    let bare = mapper("aggregated", &[]);
    assert_eq!(bare.document.to_string(), "keycloak/pod/client/openstack-cli");
    assert_eq!(bare.requires, std::slice::from_ref(&bare.document));
}

#[test]
fn what_is_not_said_is_set_at_creation_as_the_console_does() {
    let (adapted, problems) = provider::adapt(&mapper("aggregated", &[CLAIM]), false, &server(&usual()));
    assert_eq!(problems, []);
    assert_eq!(
        paths(&adapted),
        ["protocolMapper", "config/claim.name", "config/access.token.claim", "config/lightweight.claim"]
    );
    assert_eq!(adapted.fields[3].want, Want::Once(Value::Json(json!("false"))));
}

#[test]
fn words_find_the_property_of_another_name() {
    let properties = json!([{"name": "userAttribute"}, {"name": "token.claim.name"}]);
    let asked = mapper("aggregated", &[("userAttribute", "user.attribute", "project"), CLAIM]);
    let (adapted, problems) = provider::adapt(&asked, false, &server(&properties));
    assert_eq!(problems, []);
    assert_eq!(paths(&adapted), ["protocolMapper", "config/userAttribute", "config/token.claim.name"]);
}

#[test]
fn a_word_that_could_mean_two_properties_is_a_problem() {
    let properties = json!([{"name": "first.attribute"}, {"name": "second.attribute"}]);
    let asked = mapper("aggregated", &[("userAttribute", "user.attribute", "project")]);
    let (_, problems) = provider::adapt(&asked, false, &server(&properties));
    assert_eq!(
        problems[0].message,
        "userAttribute: provider `aggregated` has no property `user.attribute`; it has first.attribute, second.attribute"
    );
}

#[test]
fn a_provider_that_is_not_installed_is_a_problem_with_the_nearest_name() {
    let (_, problems) = provider::adapt(&mapper("agregated", &[]), false, &server(&usual()));
    assert_eq!(problems[0].message, "this Keycloak has no protocol mapper provider `agregated`");
    assert!(problems[0].hint.as_ref().unwrap().ends_with("the nearest installed one is `aggregated`"));
}

#[test]
fn a_missing_required_property_and_an_unlisted_value_are_problems() {
    let asked = mapper("aggregated", &[("config.jsonType.label", "jsonType.label", "Jason")]);
    let (_, problems) = provider::adapt(&asked, false, &server(&usual()));
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "config.jsonType.label: `Jason` is not one of String, JSON",
            "provider `aggregated` requires the property `claim.name`"
        ]
    );
}

#[test]
fn a_mapper_that_is_there_need_not_be_given_whole() {
    let (_, problems) = provider::adapt(&mapper("aggregated", &[]), true, &server(&usual()));
    assert_eq!(problems, []);
}

#[test]
fn two_words_for_one_property_are_a_problem() {
    let properties = json!([{"name": "userAttribute"}]);
    let twice = [("userAttribute", "user.attribute", "project"), ("config.userAttribute", "userAttribute", "other")];
    let (_, problems) = provider::adapt(&mapper("aggregated", &twice), false, &server(&properties));
    assert_eq!(problems[0].message, "config.userAttribute: means the same property as userAttribute");
}

#[test]
fn a_flag_that_is_not_stored_follows_its_leader() {
    let body = json!({"config": {"id.token.claim": "true", "access.token.claim": "false"}});
    let config = ProtocolMapper::normalise(body);
    assert_eq!(config.pointer("/config/userinfo.token.claim"), Some(&json!("true")));
    assert_eq!(config.pointer("/config/introspection.token.claim"), Some(&json!("false")));
}

#[test]
fn a_property_that_the_provider_calls_a_secret_is_no_text_of_a_spec() {
    for marked in [json!({"secret": true, "type": "String"}), json!({"secret": false, "type": "Password"})] {
        let mut property = marked.clone();
        property["name"] = "api.key".into();
        let given = mapper("aggregated", &[("config.api.key", "api.key", "hunter2")]);
        let (_, problems) = provider::adapt(&given, false, &server(&json!([property])));
        assert_eq!(problems.len(), 1, "{marked}");
        assert!(
            problems[0].message.starts_with("config.api.key: the provider calls this property a secret"),
            "{marked}"
        );
        assert!(!problems[0].message.contains("hunter2"));
    }
}
