//! Default groups: what they are a link to, and how that is written.

use reqwest::Method;

use super::*;
use crate::model::step::{Action, Part};

#[test]
fn a_default_group_requires_the_group_and_is_written_by_its_id() {
    let address: Address = "keycloak/pod/default-group/acme/in%2Fner".parse().unwrap();
    let Wanted { address, requires, document, .. } = DefaultGroup::bare(address);
    assert_eq!(requires[0].to_string(), "keycloak/pod/group/acme/in%2Fner");
    let ids: Ids = [(requires[0].clone(), "7".to_owned())].into();
    for (action, method) in [(Action::Create, Method::PUT), (Action::Delete, Method::DELETE)] {
        let (address, requires, document) = (address.clone(), requires.clone(), document.clone());
        let step = Step {
            address,
            action,
            part: Part::Only,
            fields: vec![],
            requires,
            document,
            id: None,
            renamed_from: None,
            source: None,
        };
        let request = DefaultGroup::write(&step, &ids).unwrap();
        assert_eq!(
            (request.method, request.route.to_string().as_str()),
            (method, "/admin/realms/pod/default-groups/7")
        );
    }
}
