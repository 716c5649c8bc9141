use super::looks_renamed;
use crate::backend::whatever_is_at;
use crate::model::step::{Action, Step};

fn step(address: &str, action: Action) -> Step {
    Step::of(&whatever_is_at(&address.parse().unwrap()), action)
}

/// What is said of steps, of which those with `-` before their address destroy.
fn said(steps: &[&str]) -> Vec<String> {
    let steps = steps.iter().map(|text| match text.strip_prefix('-') {
        Some(address) => step(address, Action::Delete),
        None => step(text, Action::Create),
    });
    let said = looks_renamed(&steps.collect::<Vec<_>>()).into_iter();
    said.map(|warning| format!("{}: {}", warning.address, warning.hint.unwrap())).collect()
}

#[test]
fn of_what_comes_and_goes_those_with_like_names_may_be_the_same() {
    let said = said(&[
        "keystone/project/Default/acme-production",
        "keystone/project/Default/globex",
        "-keystone/project/Default/acme-prod",
        "-keystone/project/Default/initech",
    ]);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("keystone/project/Default/acme-production: if it is the same"), "{}", said[0]);
    assert!(said[0].contains(r#"`renamedFrom: "acme-prod"`"#), "{}", said[0]);
}

#[test]
fn what_is_elsewhere_or_of_another_kind_or_cannot_be_renamed_is_another_thing() {
    for steps in [
        ["keystone/project/Default/acme", "-keystone/project/other/acme"],
        ["keystone/project/Default/acme", "-keystone/group/Default/acme"],
        ["keycloak/pod/group/a/x", "-keycloak/pod/group/b/x"],
        ["keystone/mapping/new", "-keystone/mapping/old"],
        ["keycloak/pod/realm-role/new", "keycloak/pod/realm-role/old"],
    ] {
        assert_eq!(said(&steps), Vec::<String>::new());
    }
}

#[test]
fn what_is_called_quite_otherwise_is_another_thing() {
    assert_eq!(said(&["keycloak/pod/user/alice", "-keycloak/pod/user/bob"]), Vec::<String>::new());
    assert_eq!(said(&["keycloak/pod/user/alice.miller", "-keycloak/pod/user/alice.smith"]).len(), 1);
}
