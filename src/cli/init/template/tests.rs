//! Whatever is filled in is read again as it was given.

use proptest::prelude::*;

use super::*;
use crate::cli::init::{FROM_NOTHING, STARTER};
use crate::diagnostic::Diagnostics;
use crate::pipeline::{self, Spec};
use crate::spec::{KINDS, load};

fn values() -> Values {
    Values {
        environment: "prod".to_owned(),
        fqdn: "cloud.example.com".to_owned(),
        realm: "pod".to_owned(),
        username: "alice".to_owned(),
        email: "alice@example.com".to_owned(),
        first_name: "Alice".to_owned(),
        last_name: "Ash".to_owned(),
        project: "acme".to_owned(),
        keystone_url: None,
        keycloak_url: None,
        admin_keycloak_url: None,
        ca_file: None,
    }
}

fn understood(template: &str, values: &Values) -> Spec {
    let text = values.fill(template);
    let mut diagnostics = Diagnostics::new();
    let loaded = load::read(&["-".into()], text.as_bytes(), &KINDS, &mut diagnostics);
    let spec = pipeline::understand(loaded, None, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}\n{text}", diagnostics.render(false));
    spec.unwrap()
}

#[test]
fn every_name_in_a_template_is_known() {
    for template in [STARTER, FROM_NOTHING] {
        let text = values().fill(template);
        assert!(!text.contains("{{") && !text.contains("name: \n") && text.ends_with('\n'), "{text}");
        assert!(understood(template, &values()).objects > 4);
    }
}

#[test]
fn addresses_follow_from_the_domain_name_or_are_given() {
    let spec = understood(FROM_NOTHING, &values());
    assert_eq!(spec.resolved.environment.keystone.as_str(), "https://keystone.cloud.example.com/");
    let given = Values {
        keystone_url: Some("https://ks.example.com".to_owned()),
        keycloak_url: Some("https://kc.example.com/auth".to_owned()),
        admin_keycloak_url: Some("https://akc.example.com".to_owned()),
        ca_file: Some("a \"b\" #c.pem".to_owned()),
        ..values()
    };
    for template in [STARTER, FROM_NOTHING] {
        let resolved = understood(template, &given).resolved;
        assert_eq!(resolved.environment.keystone.as_str(), "https://ks.example.com/");
        let people = resolved.realms.iter().find(|site| site.realm == "pod").unwrap();
        assert_eq!(people.keycloak.as_str(), "https://kc.example.com/auth");
        assert!(resolved.environment.ca_file.unwrap().ends_with("a \"b\" #c.pem"));
    }
}

#[test]
fn hostile_names_are_read_as_they_were_given() {
    let hostile =
        ["\"", "#", "a\\", ": {", "{{realm}}", "- x", "é\u{1f600}", "'", "&a *b !c", "null", "1e3", "\u{feff}"];
    for name in hostile {
        let asked = Values { first_name: name.to_owned(), project: format!("p{}", name.trim()), ..values() };
        let resolved = understood(STARTER, &asked).resolved;
        assert_eq!(resolved.users[0].value.user.first_name.as_deref(), Some(name));
        assert_eq!(resolved.projects[0].value.name, asked.project);
        assert_eq!(resolved.users[0].value.grants.as_ref().unwrap().held[0].project, asked.project);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_as_it_was_given(name in "\\PC{1,40}") {
        let asked = Values { last_name: name.clone(), ..values() };
        let resolved = understood(STARTER, &asked).resolved;
        prop_assert_eq!(resolved.users[0].value.user.last_name.as_deref(), Some(name.as_str()));
    }
}
