//! The real servers tell the stories that the models tell: what the scenarios believe of them is true.

use super::ground::Ground;
use crate::harness::snapshot::compare;
use crate::model::conformance::{self, Caller, Story};

fn tell(stories: &[Story], start: impl Fn(&Ground) -> (String, (&'static str, String))) {
    let mut problems = Vec::new();
    for story in stories {
        let ground = Ground::new();
        let (url, token) = start(&ground);
        let mut caller = Caller::new(&ground.sandbox.http, &url, &ground.realm, token);
        (story.tell)(&mut caller);
        problems.extend(compare(&conformance::expected(story), &caller.transcript()).err());
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn keycloak_answers_as_written_down() {
    tell(&conformance::keycloak(), |ground| {
        (ground.sandbox.keycloak.clone(), ("authorization", format!("Bearer {}", ground.sandbox.keycloak_login())))
    });
}

#[test]
fn keystone_answers_as_written_down() {
    tell(&conformance::keystone(), |ground| {
        (ground.sandbox.keystone.clone(), ("x-auth-token", ground.sandbox.keystone_login()))
    });
}
