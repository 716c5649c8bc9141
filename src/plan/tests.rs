//! Plans are whole or not at all.

use serde_json::json;

use super::*;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Shape, Want};

fn asked(address: Address, requires: &[Address]) -> Wanted {
    let field = Field {
        word: "enabled".to_owned(),
        path: Path::new(["enabled"]),
        spelling: Spelling::Same,
        want: Want::Is(Value::Json(json!(false))),
        source: None,
    };
    Wanted { fields: vec![field], requires: requires.to_vec(), ..Wanted::entity(address) }
}

fn relation(address: Address, requires: &[Address]) -> Wanted {
    Wanted { shape: Shape::Relation, requires: requires.to_vec(), ..Wanted::entity(address) }
}

fn found(things: &[(Address, serde_json::Value)]) -> Found {
    let live = things
        .iter()
        .map(|(address, body)| (address.clone(), Live { id: Some(format!("id of {address}")), body: body.clone() }));
    Found { live: live.collect(), ..Found::default() }
}

fn addresses(plan: &Plan) -> Vec<String> {
    plan.steps().iter().map(|step| step.address.to_string()).collect()
}

#[test]
fn steps_come_behind_what_they_require() {
    let (domain, project) = (Address::domain("z"), Address::project("z", "a"));
    let wanted = [asked(project.clone(), std::slice::from_ref(&domain)), asked(domain, &[])];
    let plan = plan(&wanted, Found::default()).unwrap();
    assert_eq!(addresses(&plan), ["keystone/domain/z", "keystone/project/z/a"]);
    assert_eq!(plan.counts(), Counts { add: 2, change: 0, destroy: 0 });
}

#[test]
fn nothing_to_do_is_an_empty_plan() {
    let domain = Address::domain("z");
    let plan = plan(&[asked(domain.clone(), &[])], found(&[(domain, json!({"enabled": false}))])).unwrap();
    assert!(plan.is_empty());
}

#[test]
fn a_requirement_that_is_neither_there_nor_planned_is_a_problem() {
    let problems = plan(&[asked(Address::project("z", "a"), &[Address::domain("z")])], Found::default()).unwrap_err();
    assert_eq!(problems[0].message, "requires keystone/domain/z, which is neither there nor planned");
}

#[test]
fn what_fails_for_a_missing_requirement_is_told_once() {
    let domain = Address::domain("z");
    let missing = Wanted { ensure: Ensure::Existing, ..asked(domain.clone(), &[]) };
    let problems = plan(&[missing, asked(Address::project("z", "a"), &[domain])], Found::default()).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>(), ["does not exist"]);
}

#[test]
fn things_that_require_each_other_are_named_as_a_cycle() {
    let [one, two] = ["1", "2"].map(Address::domain);
    let wanted = [asked(one.clone(), std::slice::from_ref(&two)), asked(two, &[one])];
    let problems = plan(&wanted, Found::default()).unwrap_err();
    assert_eq!(problems[0].message, "requires itself: keystone/domain/1 → keystone/domain/2 → keystone/domain/1");
}

#[test]
fn a_plan_knows_the_ids_of_what_it_touches_and_relies_on() {
    let (domain, project, other) = (Address::domain("z"), Address::project("z", "a"), Address::domain("y"));
    let existing = Wanted { fields: vec![], ensure: Ensure::Existing, ..asked(domain.clone(), &[]) };
    let things = [(domain.clone(), json!({})), (project.clone(), json!({"enabled": true})), (other.clone(), json!({}))];
    let wanted = [existing, asked(project.clone(), std::slice::from_ref(&domain))];
    let plan = plan(&wanted, found(&things)).unwrap();
    assert_eq!(plan.ids().into_keys().collect::<Vec<_>>(), [domain, project], "and not of {other}");
}

#[test]
fn a_plan_is_the_same_after_it_has_been_saved() {
    let domain = Address::domain("z");
    let plan = plan(&[asked(domain.clone(), &[])], found(&[(domain, json!({"enabled": true}))])).unwrap();
    let saved = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&saved).unwrap(), plan);
}

#[test]
fn what_the_tool_runs_with_is_not_disabled() {
    let [own, other] = ["own", "other"].map(Address::domain);
    let things = [(own.clone(), json!({"enabled": true})), (other.clone(), json!({"enabled": true}))];
    let plan = plan(&[asked(own.clone(), &[]), asked(other, &[])], found(&things)).unwrap();
    let findings =
        guard::check(&plan, &guard::Policy { own: BTreeSet::from([own.clone()]), ..guard::Policy::default() });
    assert_eq!(
        findings.iter().map(|finding| (finding.code, &finding.address)).collect::<Vec<_>>(),
        [("OPCP-G010", &own)]
    );
}

#[test]
fn what_comes_with_something_else_waits_for_it() {
    let address = |text: &str| text.parse::<Address>().unwrap();
    let [realm, role] = ["keycloak/new/realm", "keycloak/new/realm-role/offline_access"].map(address);
    let mapping = address("keycloak/new/role-mapping/realm/offline_access/user/alice");
    let user = address("keycloak/new/user/alice");
    let required = Wanted { ensure: Ensure::Required, ..Wanted::entity(role.clone()) };
    let asked = [
        asked(realm.clone(), &[]),
        asked(user.clone(), &[]),
        required,
        relation(mapping.clone(), &[role.clone(), user.clone()]),
    ];
    let plan_of = |found: Found| plan(&asked, found);
    let made = plan_of(Found::default()).unwrap();
    let step = made.steps().iter().find(|step| step.address == mapping).unwrap();
    assert_eq!(step.requires, [role.clone(), user.clone(), realm.clone()]);

    let there = json!({"enabled": true});
    let problems = plan_of(found(&[(realm, there)])).unwrap_err();
    let said: Vec<_> = problems.iter().map(|problem| (&problem.address, problem.message.as_str())).collect();
    assert_eq!(said, [(&role, "does not exist, and is required here")]);
    assert!(problems[0].hint.as_ref().is_some_and(|hint| hint.contains("roles are given here, not made")));
}

#[test]
fn a_role_of_what_the_tool_runs_with_is_not_taken_away() {
    let address = |text: &str| text.parse::<Address>().unwrap();
    let own = address("keycloak/pod/service-account/robot");
    let mappings = ["service-account/robot", "user/bob"]
        .map(|holder| address(&format!("keycloak/pod/role-mapping/client/app/reader/{holder}")));
    let things: Vec<_> = mappings.iter().map(|mapping| (mapping.clone(), json!({}))).collect();
    let gone = |mapping: &Address| Wanted { ensure: Ensure::Absent, ..relation(mapping.clone(), &[]) };
    let wanted: Vec<Wanted> = mappings.iter().map(gone).collect();
    let plan = plan(&wanted, found(&things)).unwrap();
    let findings = guard::check(&plan, &guard::Policy { own: BTreeSet::from([own]), ..guard::Policy::default() });
    let said: Vec<_> = findings.iter().map(|finding| (finding.code, &finding.address)).collect();
    assert_eq!(said, [("OPCP-G010", &mappings[0])]);
}
