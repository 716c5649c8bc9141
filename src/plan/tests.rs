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
fn what_the_tool_has_its_rights_through_stays() {
    let address = |text: &str| text.parse::<Address>().unwrap();
    let group = address("keycloak/pod/group/robots");
    let mapping = address("keycloak/pod/role-mapping/realm/ops/group/robots");
    let composite = address("keycloak/pod/composite/realm/ops/client/realm-management/view-users");
    let other = address("keycloak/pod/group/people");
    let all = [&group, &mapping, &composite, &other];
    let gone = all.map(|address| Wanted { ensure: Ensure::Absent, ..asked(address.clone(), &[]) });
    let plan = plan(&gone, found(&all.map(|address| (address.clone(), json!({}))))).unwrap();
    let ended = BTreeSet::from([group, mapping, composite]);
    let policy = guard::Policy::default().with_ended(ended.clone());
    let findings = guard::check(&plan, &[], &[], &[], &policy);
    let own = findings.into_iter().filter(|finding| finding.code == guard::ENDS_ITS_OWN_RIGHTS);
    let own: BTreeMap<Address, String> = own.map(|finding| (finding.address, finding.message)).collect();
    assert_eq!(own.keys().cloned().collect::<BTreeSet<_>>(), ended);
    let said: Vec<&str> = own.values().map(String::as_str).collect();
    let (deleted, taken) = ("would be deleted", "would be taken away");
    let expected = [deleted, taken, taken].map(|what| format!("{what}, and the tool has rights through it"));
    assert_eq!(said.iter().filter(|said| said.starts_with(deleted)).count(), 1);
    assert!(said.iter().all(|said| expected.iter().any(|expected| expected == said)), "{said:?}");
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
    let findings = guard::check(
        &plan,
        &[],
        &[],
        &[],
        &guard::Policy { own: BTreeSet::from([own.clone()]), ..guard::Policy::default() },
    );
    assert_eq!(
        findings.iter().map(|finding| (finding.code, &finding.address)).collect::<Vec<_>>(),
        [("OPCP-G010", &own)]
    );
}

#[test]
fn what_the_tool_runs_with_goes_on_logging_in_by_a_password_alone() {
    let own: Address = "keystone/user/Default/own".parse().unwrap();
    let changed = |word: &str, value: serde_json::Value| {
        let field = Field {
            word: format!("options.{word}"),
            path: Path::new(["options", "one"]),
            spelling: Spelling::Same,
            want: Want::Is(Value::Json(value)),
            source: None,
        };
        let live = json!({"options": {"one": null}});
        let wanted = Wanted { fields: vec![field], ..Wanted::entity(own.clone()) };
        let plan = plan(&[wanted], found(&[(own.clone(), live)])).unwrap();
        let policy = guard::Policy { own: BTreeSet::from([own.clone()]), ..guard::Policy::default() };
        let findings = guard::check(&plan, &[], &[], &[], &policy).into_iter();
        findings.map(|finding| (finding.code, finding.message)).collect::<Vec<_>>()
    };
    for (word, value) in [("multiFactorAuthEnabled", json!(true)), ("multiFactorAuthRules", json!([["totp"]]))] {
        let message = format!("would have options.{word} changed, and the tool runs with it");
        assert_eq!(changed(word, value), [("OPCP-G010", message)]);
    }
    assert_eq!(changed("lockPassword", json!(true)), []);
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
    assert!(problems[0].hint.as_ref().is_some_and(|hint| hint.contains("declare the role")));
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
    let findings =
        guard::check(&plan, &[], &[], &[], &guard::Policy { own: BTreeSet::from([own]), ..guard::Policy::default() });
    let said: Vec<_> = findings.iter().map(|finding| (finding.code, &finding.address)).collect();
    assert_eq!(said, [("OPCP-G010", &mappings[0])]);
    assert_eq!(findings[0].message, "would be taken away, and the tool runs with it");
}

#[test]
fn what_the_tool_runs_with_is_not_deleted() {
    let own: Address = "keystone/user/Default/admin".parse().unwrap();
    let gone = Wanted { ensure: Ensure::Absent, ..asked(own.clone(), &[]) };
    let plan = plan(&[gone], found(&[(own.clone(), json!({}))])).unwrap();
    let findings =
        guard::check(&plan, &[], &[], &[], &guard::Policy { own: BTreeSet::from([own]), ..guard::Policy::default() });
    assert_eq!(findings[0].message, "would be deleted, and the tool runs with it");
}

/// What is asked of the domain first: `label` says what.
fn first(address: &Address, before: &[&Address]) -> First {
    let field = Field {
        word: "label".to_owned(),
        path: Path::new(["label"]),
        spelling: Spelling::Same,
        want: Want::Is(Value::Json(json!("on its way"))),
        source: None,
    };
    let wanted = Wanted { fields: vec![field], ..asked(address.clone(), &[]) };
    First { wanted, before: before.iter().map(|address| (*address).clone()).collect() }
}

fn turns(plan: &Plan) -> Vec<(&str, Part)> {
    plan.steps().iter().map(|step| (step.address.name(), step.part.clone())).collect()
}

#[test]
fn what_two_steps_make_of_one_object_comes_in_turn() {
    let domain = Address::domain("z");
    let seen = found(&[(domain.clone(), json!({"enabled": true}))]);
    let made = plan(&[asked(domain.clone(), &[])], Found { first: vec![first(&domain, &[])], ..seen }).unwrap();
    assert_eq!(turns(&made), [("z", Part::First { before: vec![] }), ("z", Part::Last)]);
    assert_eq!(made.counts(), Counts { add: 0, change: 1, destroy: 0 });
    let seen = found(&[(domain.clone(), json!({"enabled": true, "label": "on its way"}))]);
    let made = plan(&[asked(domain.clone(), &[])], Found { first: vec![first(&domain, &[])], ..seen }).unwrap();
    assert_eq!(turns(&made), [("z", Part::Only)], "what is made ready is not made ready again");
}

#[test]
fn who_would_wait_for_each_other_does_not_where_one_gives_way_first() {
    let [one, two] = ["1", "2"].map(Address::domain);
    let seen = || found(&[(one.clone(), json!({"enabled": true})), (two.clone(), json!({"enabled": true}))]);
    let wanted = [asked(one.clone(), std::slice::from_ref(&two)), asked(two.clone(), &[])];
    let made = plan(&wanted, Found { first: vec![first(&one, &[&two])], ..seen() }).unwrap();
    let before = vec![two.clone()];
    assert_eq!(turns(&made), [("1", Part::First { before }), ("2", Part::Only), ("1", Part::Last)]);
}

#[test]
fn what_makes_a_deletion_possible_comes_at_the_end_unless_others_wait_for_it() {
    let [gone, other] = ["1", "2"].map(Address::domain);
    let seen = || found(&[(gone.clone(), json!({"enabled": true})), (other.clone(), json!({"enabled": true}))]);
    let wanted = [Wanted { ensure: Ensure::Absent, ..asked(gone.clone(), &[]) }, asked(other.clone(), &[])];
    let alone = plan(&wanted, Found { first: vec![first(&gone, &[])], ..seen() }).unwrap();
    assert_eq!(addresses(&alone), ["keystone/domain/2", "keystone/domain/1", "keystone/domain/1"]);
    let awaited = plan(&wanted, Found { first: vec![first(&gone, &[&other])], ..seen() }).unwrap();
    assert_eq!(addresses(&awaited), ["keystone/domain/1", "keystone/domain/2", "keystone/domain/1"]);
}

#[test]
fn what_differs_and_is_only_verified_is_drift_unless_it_is_made_anyway() {
    let [differs, lacks, made] = ["1", "2", "3"].map(Address::domain);
    let verified = |address: &Address| Wanted { mode: Mode::Verify, ..asked(address.clone(), &[]) };
    let wanted = [verified(&differs), verified(&lacks), verified(&made), asked(made.clone(), &[])];
    let plan = plan(&wanted, found(&[(differs.clone(), json!({"enabled": true}))])).unwrap();
    assert_eq!(addresses(&plan), ["keystone/domain/3"]);
    let drift: Vec<_> = plan.drift().iter().map(|step| (step.action, &step.address)).collect();
    assert_eq!(drift, [(Action::Update, &differs), (Action::Create, &lacks)]);
}

#[test]
fn plans_do_the_same_whatever_is_only_verified() {
    let [one, two] = ["1", "2"].map(Address::domain);
    let with = |mode| plan(&[asked(one.clone(), &[]), Wanted { mode, ..asked(two.clone(), &[]) }], Found::default());
    let (managed, verified) = (with(Mode::Manage).unwrap(), with(Mode::Verify).unwrap());
    let alone = plan(&[asked(one.clone(), &[])], Found::default()).unwrap();
    assert!(verified.does_as(&alone) && verified != alone);
    assert!(!managed.does_as(&alone));
}

#[test]
fn what_nobody_has_listed_goes_once() {
    let [listed, swept] = ["1", "2"].map(Address::domain);
    let absent = |address: &Address| Wanted { ensure: Ensure::Absent, ..asked(address.clone(), &[]) };
    let seen = found(&[(listed.clone(), json!({})), (swept.clone(), json!({}))]);
    let adapted = vec![absent(&listed), absent(&swept)];
    let plan = plan(&[absent(&listed)], Found { adapted, ..seen }).unwrap();
    assert_eq!(addresses(&plan), ["keystone/domain/1", "keystone/domain/2"]);
    assert_eq!(plan.counts(), Counts { add: 0, change: 0, destroy: 2 });
}

#[test]
fn deletions_wait_for_those_of_what_requires_them_and_for_nothing_else() {
    let (domain, project) = (Address::domain("z"), Address::project("z", "a"));
    let absent =
        |address: &Address, requires: &[Address]| Wanted { ensure: Ensure::Absent, ..asked(address.clone(), requires) };
    let seen = found(&[(domain.clone(), json!({})), (project.clone(), json!({}))]);
    let wanted = [absent(&domain, &[]), absent(&project, std::slice::from_ref(&domain))];
    let plan = plan(&wanted, seen).unwrap();
    let waits: Vec<_> = plan.steps().iter().map(|step| (&step.address, step.requires.as_slice())).collect();
    assert_eq!(waits, [(&project, &[][..]), (&domain, std::slice::from_ref(&project))]);
}

#[test]
fn what_must_exist_is_not_put_down_to_what_comes_with_something_else() {
    let role = "keycloak/new/realm-role/offline_access".parse::<Address>().unwrap();
    let realm = "keycloak/new/realm".parse::<Address>().unwrap();
    let existing = Wanted { ensure: Ensure::Existing, ..Wanted::entity(role.clone()) };
    let problems = plan(&[asked(realm, &[]), existing], Found::default()).unwrap_err();
    assert_eq!((&problems[0].address, problems[0].message.as_str()), (&role, "does not exist"));
}

/// Code and name of what is found when all of `addresses` go, and whether it is allowed by `policy`.
fn found_when_these_go(addresses: &[&str], policy: &guard::Policy) -> Vec<(&'static str, String, bool)> {
    let addresses: Vec<Address> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    let things: Vec<_> = addresses.iter().map(|address| (address.clone(), json!({}))).collect();
    let gone = |address: &Address| Wanted { ensure: Ensure::Absent, ..asked(address.clone(), &[]) };
    let plan = plan(&addresses.iter().map(gone).collect::<Vec<_>>(), found(&things)).unwrap();
    let findings = guard::check(&plan, &[], &[], &[], policy).into_iter();
    findings.map(|finding| (finding.code, finding.address.name().to_owned(), finding.allowed)).collect()
}

#[test]
fn what_destroys_is_found_and_allowed_by_its_code_alone() {
    let allowing =
        |code: &str| guard::Policy { allowed: BTreeSet::from([code.to_owned()]), ..guard::Policy::default() };
    let found = |policy| found_when_these_go(&["keycloak/pod/group/g"], &policy);
    assert_eq!(found(allowing(guard::DESTROYS)), [(guard::DESTROYS, "g".to_owned(), true)]);
    assert_eq!(found(allowing(guard::DESTROYS_BY_FLAG)), [(guard::DESTROYS, "g".to_owned(), false)]);
}

#[test]
fn what_comes_with_a_realm_is_not_taken_away() {
    let built_in = |address: &str| {
        let found = found_when_these_go(&[address], &guard::Policy::default());
        found.iter().any(|(code, ..)| *code == guard::TAKES_BUILT_IN)
    };
    assert!(built_in("keycloak/pod/client/broker"));
    assert!(built_in("keycloak/master/client/pod-realm"));
    assert!(!built_in("keycloak/pod/client/pod-realm"));
    assert!(!built_in("keycloak/master/client/app"));
    for role in [
        "keycloak/pod/realm-role/offline_access",
        "keycloak/Pod/realm-role/default-roles-pod",
        "keycloak/master/realm-role/admin",
        "keycloak/pod/client-role/realm-management/view-users",
        "keycloak/master/client-role/pod-realm/view-users",
    ] {
        assert!(built_in(role), "{role}");
    }
    for of_scopes in [
        "keycloak/pod/client-scope/email",
        "keycloak/pod/protocol-mapper/client-scope/basic/sub",
        "keycloak/pod/scope-mapping/realm/offline_access/client-scope/offline_access",
    ] {
        assert!(built_in(of_scopes), "{of_scopes}");
    }
    for of_scopes in [
        "keycloak/pod/client-scope/projects",
        "keycloak/pod/protocol-mapper/client-scope/basic/projects",
        "keycloak/pod/assigned-scope/app/email",
        "keycloak/pod/scope-mapping/realm/ops/client-scope/offline_access",
    ] {
        assert!(!built_in(of_scopes), "{of_scopes}");
    }
    for role in ["keycloak/pod/realm-role/admin", "keycloak/pod/client-role/app/reader"] {
        assert!(!built_in(role), "{role}");
        let found = found_when_these_go(&[role], &guard::Policy::default());
        assert!(found.iter().any(|(code, ..)| *code == guard::DESTROYS), "{role}: {found:?}");
    }
}

#[test]
fn what_the_tool_runs_with_is_known_by_its_id_too() {
    let policy = guard::Policy::default().with_own(BTreeSet::from(["id of keystone/domain/z".to_owned()]));
    let found = found_when_these_go(&["keystone/domain/z"], &policy);
    assert!(found.contains(&(guard::ENDS_ITS_OWN_RIGHTS, "z".to_owned(), false)), "{found:?}");
}

#[test]
fn a_flag_that_destroys_when_it_is_turned_off_is_found() {
    let client = "keycloak/pod/client/app".parse::<Address>().unwrap();
    let of_flag = |word: &str| {
        let mut wanted = asked(client.clone(), &[]);
        word.clone_into(&mut wanted.fields[0].word);
        let plan = plan(&[wanted], found(&[(client.clone(), json!({"enabled": true}))])).unwrap();
        let findings = guard::check(&plan, &[], &[], &[], &guard::Policy::default());
        findings.into_iter().map(|finding| (finding.code, finding.message)).collect::<Vec<_>>()
    };
    for (word, consequence) in [("serviceAccountRoles", "service account"), ("clientAuthentication", "secret")] {
        let found = of_flag(word);
        assert!(found.len() == 1 && found[0].0 == guard::DESTROYS_BY_FLAG, "{found:?}");
        assert!(found[0].1.contains(consequence), "{found:?}");
    }
    assert_eq!(of_flag("enabled"), []);
}

#[test]
fn a_link_of_what_the_tool_runs_with_is_known_by_the_id_that_was_found() {
    let policy = guard::Policy::default().with_own(BTreeSet::from(["me".to_owned(), "p".to_owned()]));
    let is_kept = |address: &str, id: &str| {
        let address: Address = address.parse().unwrap();
        let gone = Wanted { ensure: Ensure::Absent, shape: Shape::Relation, ..Wanted::entity(address.clone()) };
        let live = Live { id: Some(id.to_owned()), body: json!({}) };
        let plan = plan(&[gone], Found { live: [(address, live)].into(), ..Found::default() }).unwrap();
        guard::check(&plan, &[], &[], &[], &policy).iter().any(|finding| finding.code == guard::ENDS_ITS_OWN_RIGHTS)
    };
    let assignment = "keystone/role-assignment/user/z/somebody/project/z/a/admin";
    assert!(is_kept(assignment, "projects/p/users/me/roles/r"));
    assert!(!is_kept(assignment, "projects/p/users/other/roles/r"), "another's role in the same project");
    let inherited = "keystone/role-assignment/user/z/somebody/inherited/domain/z/admin";
    assert!(is_kept(inherited, "OS-INHERIT/domains/d/users/me/roles/r/inherited_to_projects"));
    assert!(is_kept("keystone/role-assignment/user/z/somebody/system/admin", "system/users/me/roles/r"));
    assert!(is_kept("keystone/membership/z/team/z/somebody", "me"));
    assert!(!is_kept("keystone/membership/z/team/z/somebody", "other"));
}
