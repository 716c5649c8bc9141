//! Which claims Keystone reads, and what is wrong with the others.

use serde_json::json;

use super::*;

fn read(claim: &Json) -> Claim {
    Claim::read(&json!({"projects": claim}), "projects", &Ids::new())
}

fn what(claim: &Json) -> String {
    match read(claim) {
        Claim::Misshapen(what) => what,
        other => panic!("{claim} was read: {other:?}"),
    }
}

fn grant(project: &str, roles: &[&str]) -> Json {
    let roles: Vec<Json> = roles.iter().map(|role| json!({"name": role})).collect();
    json!({"domain": {"name": "Default"}, "name": project, "roles": roles})
}

fn text(entries: &[Json]) -> Json {
    Json::Array(entries.to_vec()).to_string().into()
}

#[test]
fn one_text_with_a_json_array_is_read() {
    let claim = read(&text(&[grant("acme", &["member", "reader"]), grant("b/c", &[])]));
    let expected = [("Default/acme", vec!["member", "reader"]), ("Default/b%2Fc", vec![])];
    let expected = expected.map(|(key, roles)| (key.to_owned(), roles.into_iter().map(str::to_owned).collect()));
    assert_eq!(claim, Claim::Grants(Roles::from(expected)));
}

#[test]
fn a_list_of_one_text_reaches_keystone_as_that_text() {
    let entries = text(&[grant("acme", &["member"])]);
    assert_eq!(read(&json!([entries])), read(&entries));
}

#[test]
fn no_claim_is_told_from_an_empty_one() {
    assert_eq!(Claim::read(&json!({"sub": "1"}), "projects", &Ids::new()), Claim::Absent);
    assert_eq!(read(&"[]".into()), Claim::Grants(Roles::new()));
}

#[test]
fn what_stock_mappers_make_is_not_read() {
    let one = grant("acme", &["member"]);
    assert!(what(&json!([one.to_string(), one.to_string()])).contains("list of texts"));
    assert!(what(&json!([one])).contains("list of objects"));
    assert!(what(&one).contains("object"));
    assert!(what(&one.to_string().into()).contains("no array"));
    assert!(what(&json!([])).contains("empty list"));
    assert!(what(&json!(true)).contains("no text"));
    assert!(what(&"{".into()).contains("no JSON"));
}

#[test]
fn what_keystone_refuses_inside_is_found() {
    let with = |key: &str, value: Json| {
        let mut entry = grant("acme", &["member"]);
        entry[key] = value;
        what(&text(&[entry]))
    };
    assert!(with("description", "x".into()).contains("more of project"));
    assert!(with("name", " acme".into()).contains("blanks"));
    assert!(with("name", "a;b".into()).contains("`;`"));
    assert!(with("name", "x".repeat(65).into()).contains("64"));
    assert!(with("roles", json!([{"name": ""}])).contains("without a name"));
    assert!(with("roles", json!(["member"])).contains("more of project"));
    assert!(with("roles", Json::Null).contains("no roles"));
    assert!(with("domain", json!({"name": 7})).contains("no text"));
    assert!(with("domain", json!({"id": "1", "name": null})).contains("no text"));
}

#[test]
fn a_project_that_is_named_twice_would_flicker() {
    let twice = text(&[grant("acme", &["member"]), grant("acme", &["reader"])]);
    assert!(what(&twice).contains("twice"));
}

#[test]
fn the_longest_name_that_keystone_takes_is_read() {
    let name = "x".repeat(LONGEST_NAME);
    let expected = Roles::from([(format!("Default/{name}"), ["member".to_owned()].into())]);
    assert_eq!(read(&text(&[grant(&name, &["member"])])), Claim::Grants(expected));
}
