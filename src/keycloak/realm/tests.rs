//! Realms: the smallest body that loses nothing.

use crate::resource::Body;

use super::*;
use crate::model::change::{Change, FieldChange};
use crate::model::step::Action;

fn update(path: Path) -> Request {
    let change = Change::Value { before: None, after: Value::Json("x".into()) };
    let field = FieldChange { word: "x".to_owned(), path, spelling: Spelling::Same, change };
    let step = Step { fields: vec![field], ..Step::of(&Realm::bare(Address::realm("pod")), Action::Update) };
    wire::write(&step)
}

#[test]
fn objects_are_echoed_only_when_something_in_one_of_them_changes() {
    let request = update(Path::new(["displayName"]));
    let forgotten = Body::Changed { echo: &["oauth2DeviceCodeLifespan", "oauth2DevicePollingInterval"] };
    assert_eq!((request.route.to_string().as_str(), request.body), ("/admin/realms/pod", forgotten));
    let body = update(frontend_url_path()).body;
    let echoed = |body| match body {
        Body::Changed { echo } => echo,
        _ => &[],
    };
    let objects = ["attributes", "browserSecurityHeaders", "smtpServer"];
    assert_eq!(echoed(body)[2..], objects);
    let policies = echoed(update(Path::new(["otpPolicyDigits"])).body);
    assert!(policies.contains(&"otpPolicyType") && policies.contains(&"webAuthnPolicyRpEntityName"));
    assert_eq!(policies[2..5], objects);
}

#[test]
fn a_new_realm_brings_its_own_clients_and_roles_and_one_client_of_the_administrators() {
    let step = |action| Step::of(&Realm::bare(Address::realm("Pod")), action);
    let brings = |action, other: &str| Realm::brings(&step(action), &format!("keycloak/{other}").parse().unwrap());
    let brought = [
        "Pod/client/realm-management",
        "Pod/client-role/realm-management/realm-admin",
        "Pod/realm-role/default-roles-pod",
        "master/client/Pod-realm",
        "master/client-role/Pod-realm/view-users",
    ];
    for other in brought {
        assert!(brings(Action::Create, other) && !brings(Action::Update, other), "{other}");
    }
    let others = [
        "Pod/client/app",
        "Pod/client-role/app/view-users",
        "Pod/realm-role/ops",
        "Pod/user/alice",
        "other/realm-role/offline_access",
        "master/client/other-realm",
        "master/client-role/Pod-realm/realm-admin",
    ];
    for other in others {
        assert!(!brings(Action::Create, other), "{other}");
    }
}
