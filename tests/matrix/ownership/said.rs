//! What the spec says, as numbers: of each thing nothing (0), that it goes (1), or that it is there in one of some ways.
//! The spec's text and the account of who owns what are both made of it, by nothing of the tool's own code.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::owner::{Claim, Claims, Part};
use crate::cloud::Spec;

/// What is spoken of.
pub(super) const THINGS: [&str; 12] = [
    "user ann",
    "user ben",
    "group red",
    "group blue",
    "member red ann",
    "member blue ann",
    "member blue ben",
    "role ann",
    "client app",
    "project one",
    "project two",
    "assignment",
];

/// The word of each thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Said(BTreeMap<&'static str, usize>);

impl Said {
    pub(super) fn say(&mut self, thing: usize, word: usize) {
        self.0.insert(THINGS[thing], word % 40);
    }

    /// The word as far as it makes sense: what links or needs something is said only while that is said to be there.
    fn word(&self, thing: &str) -> usize {
        let parts: Vec<&str> = thing.split(' ').collect();
        let needs = match parts.as_slice() {
            ["member", group, user] => vec![format!("group {group}"), format!("user {user}")],
            ["role", user] => vec![format!("user {user}")],
            ["assignment"] => vec!["project one".to_owned()],
            _ => Vec::new(),
        };
        let word = self.0.get(thing).copied().unwrap_or_default();
        if needs.iter().all(|need| self.word(need) > 1) { word } else { 0 }
    }

    /// The grants of a user, if any are spoken of: of each project that is, the role or that there is none.
    fn grants(&self, user: &str) -> Vec<(&'static str, Option<&'static str>)> {
        let way = self.word(&format!("user {user}"));
        let of = |project: &'static str, word: usize| {
            let declared = self.word(&format!("project {project}"));
            let role = [None, Some("member"), Some("reader")][word % 3].filter(|_| declared > 1);
            (declared > 0).then_some((project, role))
        };
        if way.is_multiple_of(4) {
            Vec::new()
        } else {
            [of("one", way / 2), of("two", way / 5)].into_iter().flatten().collect()
        }
    }

    pub(super) fn spec(&self) -> Spec {
        let mut access = "  projects:\n".to_owned();
        let mut realm = String::new();
        let word = |thing: &str| self.word(thing);
        for name in ["one", "two"] {
            match word(&format!("project {name}")) {
                0 => {}
                1 => writeln!(access, "    - {{name: {name}, ensure: absent}}").unwrap(),
                way => writeln!(access, "    - {{name: {name}, description: \"{}\"}}", way % 3).unwrap(),
            }
        }
        access.push_str("  groups:\n");
        for name in ["red", "blue"] {
            match word(&format!("group {name}")) {
                0 => {}
                1 => writeln!(access, "    - {{path: /{name}, ensure: absent}}").unwrap(),
                way => {
                    let members = ["ann", "ben"].map(|user| match word(&format!("member {name} {user}")) {
                        0 => String::new(),
                        1 => format!("{{username: {user}, ensure: absent}},"),
                        _ => format!("{user},"),
                    });
                    let members = members.concat();
                    writeln!(
                        access,
                        "    - {{path: /{name}, attributes: {{floor: [\"{}\"]}}, members: [{members}]}}",
                        way % 3
                    )
                    .unwrap();
                }
            }
        }
        access.push_str("  users:\n");
        for name in ["ann", "ben"] {
            match word(&format!("user {name}")) {
                0 => {}
                1 => writeln!(access, "    - {{username: {name}, ensure: absent}}").unwrap(),
                way => {
                    let grants = self.grants(name);
                    let grant = |(project, role): &(&str, Option<&str>)| {
                        role.map_or_else(String::new, |role| format!("{{project: {project}, roles: [{role}]}},"))
                    };
                    let listed: String = grants.iter().map(grant).collect();
                    let grants = if grants.is_empty() { String::new() } else { format!("grants: [{listed}]") };
                    let shoe = shoe(way).map_or_else(String::new, |shoe| format!("attributes: {{shoe: {shoe}}}, "));
                    let roles = match word(&format!("role {name}")) {
                        0 => "",
                        1 => "realmRoles: [{name: ops, ensure: absent}], ",
                        _ => "realmRoles: [ops], ",
                    };
                    writeln!(
                        access,
                        "    - {{username: {name}, email: {name}@example.com, firstName: \"F{}\", lastName: Ash, {shoe}{roles}{grants}}}",
                        way % 3
                    )
                    .unwrap();
                }
            }
        }
        let assignment = ["", ", ensure: absent"];
        if let way @ 1.. = word("assignment") {
            let ensure = assignment[usize::from(way == 1)];
            writeln!(access, "  keystone:\n    roleAssignments: [{{role: reader, user: {{name: svc}}, project: {{name: one}}{ensure}}}]").unwrap();
        }
        if let way @ 2.. = word("client app") {
            let claim = way % 3;
            writeln!(
                realm,
                "  clients:\n    - {{clientId: app, description: \"{claim}\", dedicatedScope: {{mappers: [{{name: map, \
                 type: oidc-usermodel-attribute-mapper, userAttribute: shoe, tokenClaim: claim{claim}}}]}}}}"
            )
            .unwrap();
        }
        let empty = |text: String, section: &str| {
            let header = format!("  {section}:\n");
            let place = text.find(&header).unwrap() + header.len();
            let filled = text[place..].starts_with("    -");
            if filled { text } else { text.replace(&header, "") }
        };
        let access = ["projects", "groups", "users"].into_iter().fold(access, empty);
        let access = if access.is_empty() { "  projects: []\n".to_owned() } else { access };
        Spec { keystone: "    roles: [{name: second}]\n".to_owned(), realm, access }
    }

    /// Who owns what.
    pub(super) fn claims(&self) -> Claims {
        let mut claims = Claims::default();
        let mut claim = |address: &str, claim: Claim| {
            claims.insert(address.to_owned(), claim);
        };
        claim("keystone/role/second", Claim::There(Vec::new()));
        for name in ["one", "two"] {
            let parts = |way: usize| vec![Part::Is(vec!["description"], (way % 3).to_string().into())];
            claim_of(
                &mut claim,
                &format!("keystone/project/Default/{name}"),
                self.word(&format!("project {name}")),
                parts,
            );
        }
        for name in ["red", "blue"] {
            let parts = |way: usize| vec![Part::Is(vec!["attributes", "floor"], json!([(way % 3).to_string()]))];
            claim_of(&mut claim, &format!("keycloak/pod/group/{name}"), self.word(&format!("group {name}")), parts);
            for user in ["ann", "ben"] {
                let word = self.word(&format!("member {name} {user}"));
                claim_of(&mut claim, &format!("keycloak/pod/membership/{name}/{user}"), word, |_| Vec::new());
            }
        }
        for name in ["ann", "ben"] {
            let parts = |way: usize| {
                let mut parts = vec![
                    Part::Is(vec!["firstName"], format!("F{}", way % 3).into()),
                    Part::Is(vec!["lastName"], "Ash".into()),
                    Part::Is(vec!["email"], format!("{name}@example.com").into()),
                ];
                parts.extend(shoe(way).map(|shoe| Part::Is(vec!["attributes", "shoe"], shoe)));
                parts.extend(self.grants(name).into_iter().map(|(project, role)| Part::Grant(project, role)));
                parts
            };
            claim_of(&mut claim, &format!("keycloak/pod/user/{name}"), self.word(&format!("user {name}")), parts);
            let role = self.word(&format!("role {name}"));
            claim_of(&mut claim, &format!("keycloak/pod/role-mapping/realm/ops/user/{name}"), role, |_| Vec::new());
        }
        if let way @ 2.. = self.word("client app") {
            let value = way % 3;
            claim(
                "keycloak/pod/client/app",
                Claim::There(vec![Part::Is(vec!["description"], value.to_string().into())]),
            );
            let config = vec![Part::Is(vec!["config", "claim.name"], format!("claim{value}").into())];
            claim("keycloak/pod/protocol-mapper/app/map", Claim::There(config));
        }
        let place = "keystone/role-assignment/user/Default/svc/project/Default/one/reader";
        claim_of(&mut claim, place, self.word("assignment"), |_| Vec::new());
        claims
    }
}

fn claim_of(claim: &mut impl FnMut(&str, Claim), address: &str, word: usize, parts: impl Fn(usize) -> Vec<Part>) {
    match word {
        0 => {}
        1 => claim(address, Claim::Gone),
        way => claim(address, Claim::There(parts(way))),
    }
}

/// What is said of a shoe: nothing, none, or one.
fn shoe(way: usize) -> Option<Json> {
    match way / 3 % 3 {
        0 => None,
        1 => Some(json!([])),
        size => Some(json!([(40 + size).to_string()])),
    }
}
