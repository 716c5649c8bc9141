//! Realms: the smallest body that loses nothing.

use crate::resource::Body;

use super::*;
use crate::model::change::{Change, FieldChange};
use crate::model::step::{Action, Part};

fn update(path: Path) -> Request {
    let address = Address::realm("pod");
    let change = Change::Value { before: None, after: Value::Json("x".into()) };
    let field = FieldChange { word: "x".to_owned(), path, spelling: Spelling::Same, change };
    let step = Step {
        address: address.clone(),
        action: Action::Update,
        part: Part::Only,
        fields: vec![field],
        requires: vec![],
        document: address,
        id: None,
        source: None,
    };
    wire::write(&step)
}

#[test]
fn objects_are_echoed_only_when_something_in_one_of_them_changes() {
    let request = update(Path::new(["displayName"]));
    assert_eq!((request.route.to_string().as_str(), request.body), ("/admin/realms/pod", Body::Changed { echo: &[] }));
    let body = update(frontend_url_path()).body;
    assert_eq!(body, Body::Changed { echo: &["attributes", "browserSecurityHeaders", "smtpServer"] });
}
