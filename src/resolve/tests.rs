//! What documents mean, and what is told when they mean nothing.

use super::*;
use crate::model::address::Address;
use crate::model::wanted::Wanted;
use crate::pipeline;
use crate::spec::grant::Grant;
use crate::spec::{KINDS, load};

const ENVIRONMENT: &str = "\
apiVersion: opcp.dev/v1alpha1
kind: Environment
metadata: {name: prod}
spec: {fqdn: cloud.example.com}
";

fn realm(spec: &str) -> String {
    format!(
        "---\napiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {{name: pod}}\nspec:\n  environment: prod\n{spec}"
    )
}

fn access(name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: opcp.dev/v1alpha1\nkind: Access\nmetadata: {{name: {name}}}\n\
         spec:\n  environment: prod\n  realm: pod\n{spec}"
    )
}

fn documents(texts: &[String], diagnostics: &mut Diagnostics) -> Vec<load::Loaded> {
    let text = format!("{ENVIRONMENT}{}", texts.concat());
    load::read(&["-".into()], text.as_bytes(), &KINDS, diagnostics)
}

fn resolved(texts: &[String]) -> Resolved {
    let mut diagnostics = Diagnostics::new();
    let loaded = documents(texts, &mut diagnostics);
    let resolved = resolve(Documents::parse(loaded, &mut diagnostics), None, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render(false));
    resolved.unwrap()
}

fn wanted(texts: &[String]) -> Vec<Wanted> {
    let mut diagnostics = Diagnostics::new();
    let loaded = documents(texts, &mut diagnostics);
    let spec = pipeline::understand(loaded, None, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render(false));
    spec.unwrap().wanted
}

/// Line and message of everything that is told.
fn told(texts: &[String]) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    let loaded = documents(texts, &mut diagnostics);
    let _ = pipeline::understand(loaded, None, &mut diagnostics);
    diagnostics.sorted().iter().map(|found| format!("{}: {}", found.source.line, found.message)).collect()
}

#[test]
fn addresses_follow_from_the_domain_name() {
    let master =
        "---\napiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {name: master}\nspec: {environment: prod}\n";
    let resolved = resolved(&[realm(""), master.to_owned()]);
    assert_eq!(resolved.environment.keystone.as_str(), "https://keystone.cloud.example.com/");
    let realms: Vec<_> =
        resolved.realms.iter().map(|site| (site.keycloak.as_str(), site.identity_provider.as_str())).collect();
    assert_eq!(
        realms,
        [
            ("https://admin.keycloak.cloud.example.com/", "keycloak-admin"),
            ("https://keycloak.cloud.example.com/", "keycloak")
        ]
    );
}

#[test]
fn a_document_owns_the_grants_on_its_projects() {
    let resolved = resolved(&[
        realm(""),
        access(
            "acme",
            "  projects: [{name: a, domain: Acme}, {name: b}]\n  users: [{username: Alice, grants: [{project: a, roles: [member]}, {project: z, roles: [reader]}]}]\n",
        ),
    ]);
    let alice = &resolved.users[0];
    assert_eq!(alice.address.to_string(), "keycloak/pod/user/alice");
    let grants = alice.value.grants.as_ref().unwrap();
    assert_eq!(grants.owned.iter().collect::<Vec<_>>(), ["Acme/a", "Default/b", "Default/z"]);
    assert_eq!(grants.held[0].project().to_string(), "keystone/project/Acme/a");
}

#[test]
fn a_holder_without_the_field_is_not_touched() {
    let resolved = resolved(&[realm(""), access("acme", "  projects: [{name: a}]\n  users: [{username: alice}]\n")]);
    assert!(resolved.users[0].value.grants.is_none());
}

#[test]
fn accounts_come_behind_the_policy_that_stores_their_grants() {
    let user = access("acme", "  users: [{username: alice}]\n");
    let profile = realm("  userProfile: {unmanagedAttributes: adminEdit}\n");
    assert_eq!(resolved(&[profile, user.clone()]).users[0].value.requires.len(), 1);
    assert_eq!(resolved(&[realm(""), user]).users[0].value.requires, []);
}

#[test]
fn two_tenants_may_speak_of_one_person() {
    let one = access(
        "one",
        "  projects: [{name: a}]\n  users: [{username: alice, email: a@x.org, grants: [{project: a, roles: [reader]}]}]\n",
    );
    let two = access(
        "two",
        "  projects: [{name: b}]\n  users: [{username: alice, ensure: existing, email: a@x.org, grants: [{project: b, roles: [reader]}]}]\n",
    );
    let forward = wanted(&[realm(""), one.clone(), two.clone()]);
    let alice = forward.iter().find(|wanted| wanted.address.name() == "alice").unwrap();
    assert_eq!(alice.ensure, crate::model::wanted::Ensure::Present);
    let grants = alice.fields.iter().find(|field| field.word == "grants").unwrap();
    let crate::model::wanted::Want::Items { items, owned, .. } = &grants.want else { panic!("no items") };
    assert_eq!(items.len(), 2);
    assert!(owned.owns("Default/a") && owned.owns("Default/b"));
    assert_eq!(forward.len(), wanted(&[realm(""), two, one]).len());
}

#[test]
fn contradicting_statements_are_told_with_their_place() {
    let one = access(
        "one",
        "  projects: [{name: a}]\n  users: [{username: alice, email: a@x.org, grants: [{project: a, roles: [reader]}]}]\n",
    );
    let two = access("two", "  users: [{username: alice, email: b@x.org, grants: [{project: a, roles: [admin]}]}]\n");
    assert_eq!(
        told(&[realm(""), one, two]),
        [
            "27: keycloak/pod/user/alice: two statements about `email` contradict each other",
            "27: keycloak/pod/user/alice: two statements about `grants` on Default/a contradict each other",
        ]
    );
}

#[test]
fn dangling_references_are_told_all_at_once() {
    let dangling =
        "---\napiVersion: opcp.dev/v1alpha1\nkind: Access\nmetadata: {name: x}\nspec: {environment: prd, realm: pod}\n";
    let texts = [realm(""), access("acme", "  users: []\n").replace("realm: pod", "realm: pots"), dangling.to_owned()];
    let told = told(&texts);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("no Realm document named `pots`"), "{told:?}");
    assert!(told[1].contains("no Environment document named `prd`"), "{told:?}");
}

#[test]
fn what_refers_to_a_broken_document_is_not_wrong() {
    let told = told(&[realm("  nonsense: 1\n"), access("acme", "  users: []\n")]);
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn nothing_is_said_of_references_while_some_document_cannot_be_read() {
    let told = told(&["---\nkind: [\n".to_owned(), access("acme", "  users: []\n")]);
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn names_that_a_server_would_refuse_or_change_are_told() {
    let long = "x".repeat(65);
    let projects = format!("  projects: [{{name: ' a'}}, {{name: 'a;b'}}, {{name: {long}}}, {{name: ''}}]\n");
    let told = told(&[realm(""), access("acme", &projects)]);
    let parts = ["blank", "';'", "65 characters", "empty"];
    assert!(told.len() == 4 && told.iter().zip(parts).all(|(line, part)| line.contains(part)), "{told:?}");
}

#[test]
fn the_longest_names_and_values_are_not_told() {
    let told_of = |longer: usize| {
        let [project, long] = [64, 255].map(|longest| "x".repeat(longest + longer));
        let attributes = format!("{{{long}: [x], a: [{long}]}}");
        let spec = format!("  projects: [{{name: {project}}}]\n  groups: [{{path: /a, attributes: {attributes}}}]\n");
        told(&[realm(""), access("acme", &spec)]).len()
    };
    assert_eq!([0, 1].map(told_of), [0, 3]);
}

#[test]
fn a_second_grant_on_one_project_is_told() {
    let grants =
        "  users: [{username: a, grants: [{project: x, roles: [r]}, {project: x, domain: Default, roles: [m]}]}]\n";
    assert_eq!(told(&[realm(""), access("acme", grants)]), ["18: a second grant on project `x`"]);
}

#[test]
fn settings_refuse_what_has_its_own_word_and_what_is_secret() {
    let settings = "  clients: [{clientId: c, settings: {secret: x, publicClient: true, surrogateAuthRequired: true, attributes: {client.secret.x: y, a: [1]}}}]\n";
    let told = told(&[realm(settings)]);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].ends_with("`settings` cannot hold `secret`: it has its own word, `secret`, which refers to it"));
}

#[test]
fn a_policy_by_which_people_grant_themselves_projects_is_warned_of() {
    let told = told(&[realm("  userProfile: {unmanagedAttributes: enabled}\n")]);
    assert_eq!(told, ["11: people may change their own undeclared attributes"]);
}

#[test]
fn people_who_may_edit_the_attribute_of_their_grants_are_warned_of() {
    let profile = "  userProfile:\n    unmanagedAttributes: adminEdit\n    attributes:\n    \
                   - {name: project, edit: [admin, user]}\n    - {name: phone, edit: [user]}\n";
    assert_eq!(told(&[realm(profile)]), ["14: people may change their own grants"]);
    assert_eq!(told(&[realm(&profile.replace("admin, user", "admin"))]), [""; 0]);
}

#[test]
fn the_address_that_people_go_to_is_whole_or_none() {
    for url in ["", "https://keycloak.example.com", "http://localhost/x"] {
        assert_eq!(told(&[realm(&format!("  frontendUrl: '{url}'\n"))]), [""; 0]);
    }
    for url in ["keycloak.example.com", "ftp://keycloak.example.com", "https://"] {
        let told = told(&[realm(&format!("  frontendUrl: '{url}'\n"))]);
        assert_eq!(told, ["11: this is no address that people could go to"], "{url}");
    }
}

#[test]
fn each_form_of_a_login_is_understood() {
    use login::KeystoneLogin::{ApplicationCredential, Cloud, Password};
    let understood = |words: &str| {
        let mut diagnostics = Diagnostics::new();
        let with_login = format!("fqdn: cloud.example.com, keystone: {{login: {words}}}");
        let text = ENVIRONMENT.replace("fqdn: cloud.example.com", &with_login);
        let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut diagnostics);
        let resolved = resolve(Documents::parse(loaded, &mut diagnostics), None, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{}", diagnostics.render(false));
        resolved.unwrap().environment.login.unwrap()
    };
    assert_eq!(understood("{cloud: opcp}"), Cloud("opcp".to_owned()));
    assert!(matches!(understood("{applicationCredential: {id: x, secret: {env: S}}}"), ApplicationCredential { .. }));
    let Password { user_domain, project, .. } = understood("{username: admin, password: {env: P}}") else {
        panic!("another")
    };
    assert_eq!([user_domain.as_str(), project.as_str()], ["Default", "admin"]);
}

#[test]
fn addresses_without_encryption_are_refused_but_for_this_very_machine() {
    let told = told(&[realm("  keycloak: {url: 'http://keycloak.example.com'}\n")]);
    assert!(told[0].contains("must begin with https://"), "{told:?}");
    for url in ["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1"] {
        resolved(&[realm(&format!("  keycloak: {{url: '{url}'}}\n"))]);
    }
}

#[test]
fn the_version_in_an_address_is_not_part_of_it() {
    for (written, meant) in [("https://k/v3/", "https://k/"), ("https://k/identity/v3", "https://k/identity")] {
        assert_eq!(site::without_version(written.parse().unwrap()).as_str(), meant);
    }
}

#[test]
fn a_provider_without_a_mapping_is_only_named_and_its_other_words_are_of_no_use() {
    assert!(resolved(&[realm("  identityProvider: {id: idp, protocol: oidc}\n")]).identity_providers.is_empty());
    let told = told(&[realm("  identityProvider: {enabled: true, remoteIds: []}\n")]);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].ends_with("`enabled` is of no use without `mapping`: the identity provider is only named"));
}

#[test]
fn a_provider_with_a_mapping_is_declared_with_its_protocol_and_asks_for_the_issuer() {
    let declared = wanted(&[realm("  identityProvider: {mapping: projects}\n")]);
    let provider = declared.iter().find(|wanted| wanted.address == Address::identity_provider("keycloak")).unwrap();
    let requires: Vec<String> = provider.requires.iter().map(Address::to_string).collect();
    assert_eq!(requires, ["keystone/domain/Default", "keycloak/pod/realm"]);
    let protocol = declared.iter().find(|wanted| wanted.address.to_string() == "keystone/protocol/keycloak/openid");
    let requires: Vec<String> = protocol.unwrap().requires.iter().map(Address::to_string).collect();
    assert_eq!(requires, ["keystone/identity-provider/keycloak", "keystone/mapping/projects"]);
    let given = wanted(&[realm("  identityProvider: {mapping: projects, remoteIds: ['https://a']}\n")]);
    assert!(given.iter().all(|wanted| wanted.address.to_string() != "keycloak/pod/realm"), "nobody has to look it up");
}

#[test]
fn a_provider_that_accepts_every_issuer_is_warned_of_and_one_that_names_one_twice_is_refused() {
    let told = |ids: &str| told(&[realm(&format!("  identityProvider: {{mapping: projects, remoteIds: {ids}}}\n"))]);
    assert_eq!(told("[]"), ["11: without remote ids Keystone accepts tokens of every issuer"]);
    assert_eq!(told("['https://a', 'https://a']"), ["11: a second `https://a`"]);
}

#[test]
fn a_role_is_given_to_one_holder_on_one_thing() {
    let assignments = "  keystone: {roleAssignments: [{role: r, project: {name: p}}, {role: r, user: {name: u}}, \
                       {role: r, user: {name: u}, group: {name: g}, project: {name: p}, domain: d}]}\n";
    let told = told(&[realm(""), access("acme", assignments)]);
    let expected = ["a role is given to one holder", "a role is given on one thing"];
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(expected.iter().all(|message| told.iter().filter(|line| line.ends_with(message)).count() == 2), "{told:?}");
}

#[test]
fn a_project_of_an_assignment_is_in_the_domain_that_the_document_says() {
    let resolved = resolved(&[
        realm(""),
        access(
            "acme",
            "  projects: [{name: a, domain: Acme}]\n  keystone: {roleAssignments: [{role: r, user: {name: u}, project: {name: a}}]}\n",
        ),
    ]);
    let address = resolved.role_assignments[0].address.to_string();
    assert_eq!(address, "keystone/role-assignment/user/Default/u/project/Acme/a/r");
    assert_eq!(address.parse(), Ok(resolved.role_assignments[0].address.clone()));
}

#[test]
fn the_roles_and_domains_of_grants_must_be_there() {
    let grants = "  users: [{username: alice, grants: [{project: x, domain: Acme, roles: [auditor, member]}]}]\n";
    let declared = wanted(&[realm(""), access("acme", grants)]);
    let required = declared.iter().filter(|wanted| wanted.ensure == crate::model::wanted::Ensure::Required);
    let required: Vec<String> = required.map(|wanted| wanted.address.to_string()).collect();
    let expected = ["keystone/domain/Acme", "keystone/role/auditor", "keystone/role/member", "keystone/project/Acme/x"];
    assert_eq!(required, expected);
}

#[test]
fn a_mapping_without_rules_is_refused_unless_it_need_not_be_made() {
    let environment = |mapping: &str| {
        let keystone = format!("spec: {{fqdn: cloud.example.com, keystone: {{mappings: [{mapping}]}}}}");
        let text = ENVIRONMENT.replace("spec: {fqdn: cloud.example.com}", &keystone);
        let mut diagnostics = Diagnostics::new();
        let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut diagnostics);
        let _ = pipeline::understand(loaded, None, &mut diagnostics);
        diagnostics.sorted().len()
    };
    assert_eq!(environment("{id: a}, {id: b, rules: []}"), 2);
    assert_eq!(environment("{id: a, ensure: existing}, {id: b, ensure: absent}"), 0);
}

#[test]
fn a_group_and_a_user_may_both_say_that_they_belong_together() {
    let spec = "  groups: [{path: /a/b, members: [Alice, {username: bob, ensure: absent}]}]\n  users: [{username: alice, groups: [/a/b]}]\n";
    let wanted = wanted(&[realm(""), access("acme", spec)]);
    let memberships: Vec<_> = wanted
        .iter()
        .filter(|wanted| wanted.address.to_string().contains("/membership/"))
        .map(|wanted| (wanted.address.to_string(), wanted.ensure))
        .collect();
    let expected = [
        ("keycloak/pod/membership/a/b/alice", crate::model::wanted::Ensure::Present),
        ("keycloak/pod/membership/a/b/bob", crate::model::wanted::Ensure::Absent),
    ];
    assert_eq!(memberships, expected.map(|(address, ensure)| (address.to_owned(), ensure)));
}

#[test]
fn a_path_that_is_none_is_told() {
    let spec =
        "  groups: [{path: acme}, {path: /}, {path: /a//b}, {path: /a/}]\n  users: [{username: alice, groups: [a]}]\n";
    let told = told(&[realm(""), access("acme", spec)]);
    let parts = ["`acme` is not the path", "`/` is not the path", "empty", "empty", "`a` is not the path"];
    assert!(told.len() == 5 && told.iter().zip(parts).all(|(line, part)| line.contains(part)), "{told:?}");
}

#[test]
fn values_that_keycloak_would_not_store_are_told() {
    let long = "x".repeat(256);
    let attributes = format!("attributes: {{a: [{long}], b: [' '], c: [x, x], project: [y]}}");
    let spec = format!("  groups: [{{path: /a, {attributes}}}]\n  users: [{{username: alice, {attributes}}}]\n");
    let told = told(&[realm(""), access("acme", &spec)]);
    let parts = ["256 characters", "blank", "twice", "`grants`"];
    assert_eq!(told.len(), 7, "{told:?}");
    assert!(parts.iter().all(|part| told[..4].iter().any(|line| line.contains(part))), "{told:?}");
}

#[test]
fn a_grant_that_a_group_cannot_hold_is_told() {
    let roles: Vec<String> = (0..12).map(|number| format!("a-long-role-{number}")).collect();
    let grants = format!("grants: [{{project: x, roles: [{}]}}]", roles.join(", "));
    let spec = format!("  groups: [{{path: /a, {grants}}}]\n  users: [{{username: alice, {grants}}}]\n");
    let told = told(&[realm(""), access("acme", &spec)]);
    assert!(told.len() == 1 && told[0].contains("Keycloak stores at most 255 here"), "{told:?}");
}

#[test]
fn the_longest_grant_of_a_group_is_not_told() {
    let grant =
        |role: &str| Grant { domain: "Default".to_owned(), project: "x".to_owned(), roles: [role.to_owned()].into() };
    let length = 255 - grant("").to_value().len();
    let told_of = |length: usize| {
        let role = "r".repeat(length);
        told(&[
            realm(""),
            access("acme", &format!("  groups: [{{path: /a, grants: [{{project: x, roles: [{role}]}}]}}]\n")),
        ])
    };
    let too_long = |length| told_of(length).iter().any(|line| line.contains("this grant takes"));
    assert_eq!([length, length + 1].map(too_long), [false, true]);
}

#[test]
fn an_entry_in_short_is_a_name_or_a_map() {
    let told = told(&[realm(""), access("acme", "  groups: [{path: /a, members: [1, {usernme: x}, [y]]}]\n")]);
    assert!(told.len() == 3, "{told:?}");
    assert!(told.iter().any(|line| line.contains("usernme")), "{told:?}");
}

#[test]
fn settings_of_a_realm_refuse_what_has_its_own_word_and_what_is_secret() {
    let settings = "  settings: {rememberMe: true, clients: [], smtpServer: {password: x, host: y}, attributes: {frontendUrl: z, a: b}}\n";
    let told = told(&[realm(settings)]);
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told.contains(&"11: secrets are never written in a spec".to_owned()), "{told:?}");
}

#[test]
fn a_duration_that_is_none_is_told() {
    let told = told(&[realm("  accessTokenLifespan: 90\n  ssoSessionIdle: 5 minutes\n  ssoSessionMax: 5m\n")]);
    assert!(told.len() == 2 && told.iter().all(|line| line.contains("1h30m")), "{told:?}");
}

#[test]
fn what_is_in_a_realm_that_the_spec_makes_comes_behind_it() {
    let group = access("acme", "  groups: [{path: /a}]\n");
    let requires = |words: &str| {
        let wanted = wanted(&[realm(words), group.clone()]);
        let of_group = wanted.iter().find(|wanted| wanted.address.to_string() == "keycloak/pod/group/a");
        of_group.unwrap().requires.clone()
    };
    assert_eq!(requires("  ensure: present\n"), [Address::realm("pod")]);
    assert_eq!(requires("  displayName: x\n"), []);
    assert_eq!(requires(""), []);
}

#[test]
fn roles_of_all_holders_are_written_alike() {
    use crate::model::wanted::Ensure::{Absent, Present};
    let roles = "realmRoles: [ops, {name: o/ps, ensure: absent}], clientRoles: {app: [reader]}";
    let client = format!("  clients: [{{clientId: Robot, serviceAccountRoles: true, serviceAccount: {{{roles}}}}}]\n");
    let spec = format!("  groups: [{{path: /a/b, {roles}}}]\n  users: [{{username: Alice, {roles}}}]\n");
    let wanted = wanted(&[realm(&client), access("acme", &spec)]);
    let mappings = wanted.iter().map(|wanted| (wanted.address.to_string(), wanted.ensure));
    let mappings: Vec<_> = mappings.filter(|(address, _)| address.contains("/role-mapping/")).collect();
    let mut expected = Vec::new();
    for (role, ensure) in [("client/app/reader", Present), ("realm/o%2Fps", Absent), ("realm/ops", Present)] {
        for holder in ["group/a/b", "service-account/Robot", "user/alice"] {
            expected.push((format!("keycloak/pod/role-mapping/{role}/{holder}"), ensure));
        }
    }
    assert_eq!(mappings, expected);
}

#[test]
fn a_client_without_an_account_cannot_have_roles() {
    let client = |rest: &str| realm(&format!("  clients: [{{clientId: robot, {rest}}}]\n"));
    let roles = "serviceAccount: {realmRoles: [ops]}";
    let told_of = |rest: &str| told(&[client(rest)]);
    assert!(told_of(&format!("serviceAccountRoles: false, {roles}"))[0].contains("no account that could have roles"));
    let of_clients =
        |roles: &str| format!("serviceAccountRoles: false, serviceAccount: {{clientRoles: {{app: {roles}}}}}");
    assert!(told_of(&of_clients("[reader]"))[0].contains("no account that could have roles"));
    assert_eq!(told_of(&of_clients("[]")), [] as [&str; 0]);
    assert_eq!(told_of(&format!("serviceAccountRoles: true, {roles}")), [] as [&str; 0]);
    assert_eq!(told_of(roles), [] as [&str; 0], "it may have one already");
    assert_eq!(told_of("serviceAccountRoles: false, serviceAccount: {realmRoles: []}"), [] as [&str; 0]);
}

fn with_tenants(tenants: &str, texts: &[String]) -> Vec<String> {
    let environment =
        ENVIRONMENT.replace("fqdn: cloud.example.com", &format!("fqdn: cloud.example.com, tenants: {tenants}"));
    let mut diagnostics = Diagnostics::new();
    let text = format!("{environment}{}", texts.concat());
    let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut diagnostics);
    let _ = pipeline::understand(loaded, None, &mut diagnostics);
    diagnostics.sorted().iter().map(|found| found.message.clone()).collect()
}

#[test]
fn a_tenant_speaks_of_its_own_only() {
    let spec = "  projects: [{name: acme-x}, {name: other}]\n  groups: [{path: /acme/a/b, grants: [{project: acme-x, roles: [reader]}]}, {path: /acme}]\n  \
                users: [{username: alice, groups: [/ops], grants: [{project: acme-x, roles: [admin]}, {project: x, domain: Z, roles: []}]}]\n  \
                keystone: {users: [{name: u}], roleAssignments: [{role: reader, user: {name: u}, domain: Default}, \
                {role: reader, user: {name: u}, project: {name: acme-x}}]}\n";
    let texts = [realm(""), access("acme", spec), access("stray", "")];
    let told =
        with_tenants("[{access: acme, projects: [Default/acme-*], groups: [/acme/**], roles: [reader]}]", &texts);
    let expected = [
        "project `Default/other`",
        "group `/acme`",
        "group `/ops`",
        "role `admin`",
        "project `Z/x`",
        "domain `Default`",
        "domain `Default`",
        "anything: it is not among the `tenants`",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    assert!(told.iter().zip(expected).all(|(told, expected)| told.ends_with(expected)), "{told:#?}");
    let of_the_domain =
        "[{access: acme, projects: ['Default/*', Z/x], groups: ['/**'], roles: [reader, admin]}, {access: stray}]";
    assert_eq!(with_tenants(of_the_domain, &texts), [] as [String; 0]);
}

#[test]
fn a_tenant_gives_those_roles_of_keycloak_that_it_may_give() {
    let roles = "realmRoles: [ops, reader], clientRoles: {app: [reader, ops], reader: [app]}";
    let spec = format!("  groups: [{{path: /a, {roles}}}]\n  users: [{{username: alice, {roles}}}]\n");
    let allowed = "realmRoles: [ops], clientRoles: {app: [reader]}";
    let tenants = format!("[{{access: acme, groups: ['/**'], {allowed}}}]");
    let told = with_tenants(&tenants, &[realm(""), access("acme", &spec)]);
    let refused = ["`reader`", "`app/ops`", "`reader/app`"];
    assert_eq!(told.len(), 2 * refused.len(), "{told:#?}");
    assert!(refused.iter().all(|role| told.iter().filter(|told| told.ends_with(role)).count() == 2), "{told:#?}");
    let none = "[{access: acme, groups: ['/**'], roles: [ops, reader]}]";
    assert_eq!(with_tenants(none, &[realm(""), access("acme", &spec)]).len(), 10, "grants are something else");
}

#[test]
fn a_tenant_builds_on_its_own_projects_only() {
    let spec = "  projects: [{name: acme-x, parent: victim}]\n  \
                keystone: {users: [{name: u, domain: acme, defaultProject: {name: other, domain: Z}}]}\n";
    let texts = [realm(""), access("acme", spec)];
    let told = with_tenants("[{access: acme, projects: [Default/acme-*, acme/*]}]", &texts);
    assert!(told.len() == 2, "{told:?}");
    assert!(told[0].ends_with("project `Default/victim`") && told[1].ends_with("project `Z/other`"), "{told:?}");
}

#[test]
fn a_pattern_that_is_none_is_told() {
    assert_eq!(with_tenants("[{access: acme, projects: ['a[']}]", &[realm("")]).len(), 1);
}

#[test]
fn modes_follow_the_section() {
    let texts = [
        realm(
            "  displayName: x\n  clients: [{clientId: a, dedicatedScope: {mappers: [{name: m, type: t}]}}]\n  modes: {realm: verify, clients: ignore}\n",
        ),
        access(
            "acme",
            "  groups: [{path: /a, members: [bob]}]\n  users: [{username: bob, ensure: existing, groups: [/b]}]\n  modes: {users: verify}\n",
        ),
    ];
    let declared = wanted(&texts).into_iter().filter(|wanted| wanted.ensure != crate::model::wanted::Ensure::Required);
    let modes: Vec<String> =
        declared.map(|wanted| format!("{} {:?} {:?}", wanted.address, wanted.mode, wanted.ensure)).collect();
    let expected = [
        "keycloak/pod/realm Verify Present",
        "keycloak/pod/group/a Manage Present",
        "keycloak/pod/group/b Manage Any",
        "keycloak/pod/user/bob Verify Present",
        "keycloak/pod/membership/a/bob Manage Present",
        "keycloak/pod/membership/b/bob Verify Present",
    ];
    assert_eq!(modes, expected);
}

#[test]
fn who_lists_all_grants_on_a_project_is_not_contradicted() {
    let grants = |authoritative: &str| format!("  projects: [{{name: p}}]\n{authoritative}");
    let other = "  users: [{username: alice, grants: [{project: p, roles: [member]}]}]\n";
    let texts = |authoritative: &str| [realm(""), access("acme", &grants(authoritative)), access("beta", other)];
    assert_eq!(told(&texts("")), [] as [String; 0]);
    let told_of = told(&texts("  authoritative: [grants]\n"));
    assert!(told_of.len() == 1 && told_of[0].contains("lists all grants on project `p`"), "{told_of:?}");
    let users_alone = told(&texts("  authoritative: [grants]\n  modes: {groups: ignore}\n"));
    assert!(users_alone.len() == 1 && users_alone[0].contains("lists all grants on project `p`"), "{users_alone:?}");
    let nothing = told(&[realm(""), access("acme", "  authoritative: [grants]\n")]);
    assert!(nothing.len() == 1 && nothing[0].contains("no projects"), "{nothing:?}");
}

#[test]
fn names_that_differ_in_case_alone_are_told() {
    let told_of = told(&[realm(""), access("acme", "  projects: [{name: a}, {name: A}, {name: A, domain: Z}]\n")]);
    assert!(told_of.len() == 1 && told_of[0].contains("`A` differs from another name in case alone"), "{told_of:?}");
}

#[test]
fn access_to_everything_is_warned_of_as_soon_as_something_is_said() {
    let warned = |spec: &str| resolved(&[realm(""), access("acme", spec)]).is_open_to_all().is_some();
    assert!(!warned(""));
    for spec in [
        "  projects: [{name: p}]\n",
        "  groups: [{path: /g}]\n",
        "  users: [{username: u}]\n",
        "  keystone: {users: [{name: u}]}\n",
        "  keystone: {roleAssignments: [{role: r, user: {name: u}, domain: d}]}\n",
    ] {
        assert!(warned(spec), "{spec}");
    }
}

#[test]
fn one_of_several_environments_is_chosen_by_its_name() {
    let other = format!("---\n{}", ENVIRONMENT.replace("prod", "test"));
    let chosen = |name: &str| {
        let mut diagnostics = Diagnostics::new();
        let loaded = documents(std::slice::from_ref(&other), &mut diagnostics);
        let resolved = resolve(Documents::parse(loaded, &mut diagnostics), Some(name), &mut diagnostics);
        let told = diagnostics.sorted().iter().map(|found| found.message.clone()).collect::<Vec<_>>();
        resolved.map(|resolved| resolved.environment.name).ok_or(told)
    };
    assert_eq!(chosen("test"), Ok("test".to_owned()));
    assert_eq!(chosen("dev"), Err(vec!["the spec has no environment `dev`, only prod, test".to_owned()]));
}

#[test]
fn a_second_document_of_one_name_is_told() {
    let told = told(&[realm(""), realm("")]);
    assert!(told.iter().any(|line| line.contains("a second Realm document named `pod`")), "{told:?}");
}

#[test]
fn an_address_with_an_account_a_query_or_a_fragment_is_refused() {
    for url in ["https://me@k", "https://:canary@k", "https://k/?a", "https://k/#a"] {
        let told = told(&[realm(&format!("  keycloak: {{url: '{url}'}}\n"))]);
        assert!(told[0].contains("no account, no password and no query"), "{told:?}");
    }
}

#[test]
fn a_role_is_given_to_a_group_in_the_default_domain() {
    let assignments = "  keystone: {roleAssignments: [{role: r, group: {name: g}, domain: d}]}\n";
    let resolved = resolved(&[realm(""), access("acme", assignments)]);
    let address = resolved.role_assignments[0].address.to_string();
    assert_eq!(address, "keystone/role-assignment/group/Default/g/domain/d/r");
}

#[test]
fn what_is_no_domain_name_is_told() {
    let told_of = |fqdn: &str| {
        let mut diagnostics = Diagnostics::new();
        let text = ENVIRONMENT.replace("cloud.example.com", &format!("'{fqdn}'"));
        let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut diagnostics);
        let _ = resolve(Documents::parse(loaded, &mut diagnostics), None, &mut diagnostics);
        diagnostics.sorted().iter().map(|found| found.message.clone()).collect::<Vec<_>>()
    };
    let longest = format!("{}a", "a.".repeat(126));
    for fqdn in ["192.0.2.1", "cloud.example.com/keystone", &format!("{longest}a")] {
        assert_eq!(told_of(fqdn), ["this is no domain name"], "{fqdn}");
    }
    assert_eq!(told_of(&longest), [] as [&str; 0]);
}

#[test]
fn a_member_is_in_the_domain_of_the_group_unless_it_is_said() {
    let groups = "  keystone: {groups: [{name: g, domain: Acme, members: [a, {name: b, domain: Zoo}]}, {name: h, ensure: absent, members: [a]}]}\n";
    let resolved = resolved(&[realm(""), access("acme", groups)]);
    let members: Vec<String> = resolved.local_memberships.iter().map(|member| member.address.to_string()).collect();
    assert_eq!(members, ["keystone/membership/Acme/g/Acme/a", "keystone/membership/Acme/g/Zoo/b"]);
}

#[test]
fn what_is_inherited_of_the_system_or_of_a_domains_role_has_an_address_of_its_own() {
    let assignments = "  keystone: {roleAssignments: [{role: r, user: {name: u}, system: all}, \
                       {role: r, user: {name: u}, domain: d, inherited: true}, \
                       {role: r, roleDomain: Acme, group: {name: g}, project: {name: p, domain: Acme}, inherited: true}]}\n";
    let resolved = resolved(&[realm(""), access("acme", assignments)]);
    let addresses: Vec<String> = resolved.role_assignments.iter().map(|one| one.address.to_string()).collect();
    assert_eq!(
        addresses,
        [
            "keystone/role-assignment/user/Default/u/system/r",
            "keystone/role-assignment/user/Default/u/inherited/domain/d/r",
            "keystone/role-assignment/group/Default/g/inherited/project/Acme/p/Acme/r",
        ]
    );
    for one in &resolved.role_assignments {
        assert_eq!(one.address.to_string().parse(), Ok(one.address.clone()));
    }
}

#[test]
fn roles_are_swept_on_the_projects_that_stay_as_their_section_has_it() {
    let of = |modes: &str| {
        let text = format!(
            "  projects: [{{name: a}}, {{name: b, ensure: absent}}]\n  keystone: {{authoritative: [roleAssignments]{modes}}}\n"
        );
        let resolved = resolved(&[realm(""), access("acme", &text)]);
        let sweeps = resolved.link_sweeps.iter().map(|sweep| (sweep.address.to_string(), sweep.value.mode));
        sweeps.collect::<Vec<_>>()
    };
    let a = || "keystone/project/Default/a".to_owned();
    assert_eq!(of(""), [(a(), Mode::Manage)]);
    assert_eq!(of(", modes: {roleAssignments: verify}"), [(a(), Mode::Verify)]);
    assert_eq!(of(", modes: {roleAssignments: ignore}"), []);
}

#[test]
fn a_role_of_a_domain_with_the_name_of_another_one_is_warned_of() {
    let told = |roles: &str| {
        let keystone = format!("spec: {{fqdn: cloud.example.com, keystone: {{roles: [{roles}]}}}}");
        let text = ENVIRONMENT.replace("spec: {fqdn: cloud.example.com}", &keystone);
        let mut diagnostics = Diagnostics::new();
        let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut diagnostics);
        let _ = pipeline::understand(loaded, None, &mut diagnostics);
        let told =
            diagnostics.into_iter().filter(|one| one.message.ends_with("is the name of a role of no domain, too"));
        told.count()
    };
    assert_eq!(told("{name: member, domain: acme}"), 1, "every Keystone has that");
    assert_eq!(told("{name: ops, domain: acme}, {name: ops}"), 1);
    assert_eq!(told("{name: ops, domain: acme}, {name: ops, domain: zoo}, {name: night}"), 0);
    assert_eq!(told("{name: ops, domain: acme}, {name: ops, ensure: absent}"), 0);
}
