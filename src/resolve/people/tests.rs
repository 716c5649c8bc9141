//! People who are said in several places.

use crate::diagnostic::Diagnostics;
use crate::pipeline;
use crate::spec::{KINDS, load};

/// Two realms with a door each, by the rules' user and the second door's words; and people of both.
fn two_realms(user: &str, second_door: &str, people: &str) -> String {
    let realm = |name: &str, door: &str| {
        format!(
            "---\napiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {{name: {name}}}\nspec: {{environment: prod, identityProvider: {{mapping: m{door}}}}}\n"
        )
    };
    let rules =
        format!("[{{local: [{{user: {user}}}], remote: [{{type: OIDC-preferred_username}}, {{type: OIDC-sub}}]}}]");
    format!(
        "apiVersion: opcp.dev/v1alpha1\nkind: Environment\nmetadata: {{name: prod}}\nspec: {{fqdn: example.com, tenants: [], keystone: {{mappings: [{{id: m, rules: {rules}}}]}}}}\n{}{}{}{}",
        realm("pod", ""),
        realm("master", second_door),
        access("pod", people),
        access("master", people),
    )
}

fn access(realm: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: opcp.dev/v1alpha1\nkind: Access\nmetadata: {{name: {realm}}}\nspec: {{environment: prod, realm: {realm}, {spec}}}\n"
    )
}

fn warnings(text: &str) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut diagnostics);
    let _ = pipeline::understand(loaded, None, &mut diagnostics);
    let ours = |message: &&str| message.contains("would be one user") || message.contains("several places");
    diagnostics.sorted().iter().map(|told| told.message.as_str()).filter(ours).map(str::to_owned).collect()
}

const ALICE: &str = "users: [{username: Alice}, {username: bob, ensure: absent}]";

#[test]
fn one_username_in_two_realms_is_one_user_where_only_the_name_counts() {
    let told = warnings(&two_realms("{name: \"{0}\"}", "", ALICE));
    assert_eq!(told, ["`Alice` of realm master and of realm pod would be one user in Keystone"]);
}

#[test]
fn they_are_told_apart_by_their_subject_or_their_domain() {
    assert_eq!(warnings(&two_realms("{name: \"{0}\", id: \"{1}\"}", "", ALICE)), [""; 0]);
    assert_eq!(warnings(&two_realms("{name: \"{0}\"}", ", domain: admins", ALICE)), [""; 0]);
    let one_domain = "{name: \"{0}\", domain: {name: people}}";
    assert_eq!(warnings(&two_realms(one_domain, ", domain: admins", ALICE)).len(), 1, "the rule's domain counts");
}

#[test]
fn of_three_realms_those_are_told_whose_people_share_a_domain() {
    let two = two_realms("{name: \"{0}\"}", "", ALICE);
    let third = "---\napiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {name: third}\nspec: {environment: prod, \
                 identityProvider: {id: third, mapping: m, domain: third}}\n";
    let told = warnings(&format!("{two}{third}{}", access("third", ALICE)));
    assert_eq!(told, ["`Alice` of realm master and of realm pod would be one user in Keystone"]);
}

/// One tenant's document, with groups and people.
fn tenant(spec: &str) -> String {
    two_realms("{name: \"{0}\", id: \"{1}\"}", "", "users: []")
        + &access("pod", spec).replace("name: pod}", "name: acme}")
}

#[test]
fn one_grant_from_several_places_is_told_once_for_all_who_have_it() {
    let grant = "grants: [{project: p, roles: [member]}]";
    let told = warnings(&tenant(&format!(
        "projects: [{{name: p}}], groups: [{{path: /a, {grant}, members: [alice, bob, carol, dora]}}, {{path: /a/b}}],
         users: [{{username: alice, {grant}}}, {{username: bob, {grant}}}, {{username: carol}},
                 {{username: dora, groups: [/a/b]}}, {{username: emil, groups: [/a/b], {grant}}}]"
    )));
    assert_eq!(
        told,
        [
            "alice and 2 more would have grants on project Default/p from several places: their own and those of group /a"
        ]
    );
}

#[test]
fn grants_on_different_projects_and_what_shall_not_be_are_not_told() {
    let told = warnings(&tenant(
        "projects: [{name: p}, {name: q}],
         groups: [{path: /a, grants: [{project: p, roles: [member]}], members: [alice, {username: bob, ensure: absent}]}],
         users: [{username: alice, grants: [{project: q, roles: [member]}]}, {username: bob, grants: [{project: p, roles: [member]}]}]",
    ));
    assert_eq!(told, [""; 0]);
}
