//! Grants are one value each, whoever spelled it.

use proptest::prelude::*;

use super::*;

fn grant(domain: &str, project: &str, roles: &[&str]) -> Grant {
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    Grant { domain: domain.to_owned(), project: project.to_owned(), roles }
}

#[test]
fn the_value_is_the_platforms() {
    assert_eq!(
        grant("Default", "acme", &["reader"]).to_value(),
        r#"{"domain":{"name":"Default"},"name":"acme","roles":[{"name":"reader"}]}"#
    );
}

#[test]
fn other_spellings_mean_the_same_grant() {
    let ids = Ids::from([(Address::domain("Default"), "default".to_owned())]);
    for value in [
        r#"{"name":"acme","roles":[{"name":"reader"},{"name":"member"}],"domain":{"name":"Default"}}"#,
        "{ \"domain\": {\"id\": \"default\"},\n \"name\": \"acme\", \"roles\": [{\"name\": \"member\"}, {\"name\": \"reader\"}] }",
        r#"{"name":"acme","roles":[{"name":"member"},{"name":"reader"},{"name":"member"}]}"#,
    ] {
        assert_eq!(Grant::parse(value, &ids), Some(grant("Default", "acme", &["member", "reader"])), "{value}");
    }
}

#[test]
fn what_is_not_a_grant_has_no_key() {
    for value in [
        "",
        "acme",
        "[]",
        "{}",
        r#"{"name":1}"#,
        r#"{"name":"a","roles":["x"]}"#,
        r#"{"name":"a","domain":{"id":"unknown"}}"#,
    ] {
        assert_eq!(Grant::parse(value, &Ids::new()), None, "{value}");
    }
}

#[test]
fn a_grant_in_a_domain_that_nobody_knows_is_told_apart_by_its_id() {
    let key = |value: &str| Grant::key_of(value, &Ids::from([(Address::domain("one"), "1".to_owned())]));
    assert_eq!(key(r#"{"name":"a/b","domain":{"id":"1"}}"#).as_deref(), Some("one/a%2Fb"));
    assert_eq!(key(r#"{"name":"a/b","domain":{"id":"2/","name":"one"}}"#).as_deref(), Some("/2%2F/a%2Fb"));
    assert_eq!(key(r#"{"name":"a"}"#).as_deref(), Some("Default/a"));
    for value in
        ["theirs", "{}", r#"{"name":"a","domain":{"id":2}}"#, r#"{"domain":{"id":"2"}}"#, r#"{"name":"a","domain":7}"#]
    {
        assert_eq!(key(value), None, "{value}");
    }
}

#[test]
fn the_roles_of_a_grant_are_told_wherever_it_is() {
    let roles = |value| roles_of(value).map(|roles| roles.into_iter().collect::<Vec<_>>());
    let by_id = r#"{"name":"a","domain":{"id":"unknown"},"roles":[{"name":"r"},{"name":"m"}]}"#;
    assert_eq!(roles(by_id), Some(vec!["m".to_owned(), "r".to_owned()]));
    assert_eq!(roles(r#"{"name":"a"}"#), Some(vec![]));
    assert_eq!(roles(r#"{"roles":[]}"#), None);
    assert_eq!(roles("theirs"), None);
}

#[test]
fn only_a_grants_own_words_make_a_plain_one() {
    for domain in [r#"{"id":"x"}"#, r#"{"name":"x","id":"y"}"#, "{}"] {
        assert!(Grant::is_plain(&format!(r#"{{"name":"a","domain":{domain},"roles":[{{"name":"r"}}]}}"#)), "{domain}");
    }
    for value in [
        r#"{"name":"a","description":"by hand","roles":[]}"#,
        r#"{"name":"a","roles":[{"name":"r","domain":{"name":"Default"}}]}"#,
        r#"{"name":"a","domain":{"name":"x","note":"y"},"roles":[]}"#,
        r#"{"name":"a","domain":null,"roles":[]}"#,
        "a",
    ] {
        assert!(!Grant::is_plain(value), "{value}");
    }
}

#[test]
fn words_that_are_no_grants_are_told_with_their_place() {
    let value = r#"{"name":"a","note":"x","domain":{"name":"x","theirs":1},"roles":[{"name":"r","id":"7"},"m"]}"#;
    let told: Vec<String> = strangers(value).unwrap().into_iter().collect();
    assert_eq!(told, ["domain.theirs", "note", "roles", "roles.id"]);
    assert_eq!(strangers("[]"), None);
}

#[test]
fn an_id_counts_for_more_than_a_name_and_no_word_for_the_default() {
    let ids = Ids::from([(Address::domain("one"), "1".to_owned())]);
    let domain = |domain: &str| {
        let value = format!(r#"{{"name":"a","domain":{domain},"roles":[]}}"#);
        Grant::parse(&value, &ids).map(|grant| grant.domain)
    };
    assert_eq!(domain(r#"{"id":"1","name":"two"}"#).as_deref(), Some("one"));
    assert_eq!(domain(r#"{"id":"2","name":"two"}"#), None);
    assert_eq!(domain("{}").as_deref(), Some(DEFAULT_DOMAIN));
    assert_eq!(domain("null"), None);
}

#[test]
fn keys_cannot_be_confused_by_slashes_in_names() {
    assert_ne!(grant("a/b", "c", &[]).key(), grant("a", "b/c", &[]).key());
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(domain in ".*", project in ".*", roles in prop::collection::btree_set(".*", 0..4)) {
        let grant = Grant { domain, project, roles };
        prop_assert_eq!(Grant::parse(&grant.to_value(), &Ids::new()), Some(grant));
    }
}
