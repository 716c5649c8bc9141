//! Default groups: what they are a link to, and how that is written.

use reqwest::Method;

use super::*;
use crate::model::step::Action;

#[test]
fn a_default_group_requires_the_group_and_is_written_by_its_id() {
    let address: Address = "keycloak/pod/default-group/acme/in%2Fner".parse().unwrap();
    let bare = DefaultGroup::bare(address);
    assert_eq!(bare.requires[0].to_string(), "keycloak/pod/group/acme/in%2Fner");
    let ids: Ids = [(bare.requires[0].clone(), "7".to_owned())].into();
    for (action, method) in [(Action::Create, Method::PUT), (Action::Delete, Method::DELETE)] {
        let request = DefaultGroup::write(&Step::of(&bare, action), &ids).unwrap();
        assert_eq!(
            (request.method, request.route.to_string().as_str()),
            (method, "/admin/realms/pod/default-groups/7")
        );
    }
}
