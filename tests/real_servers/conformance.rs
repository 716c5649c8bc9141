//! The real servers tell the stories that the models tell: what the scenarios believe of them is true.

use std::path::PathBuf;

use super::ground::Ground;
use crate::harness::snapshot::{compare, updating};
use crate::model::conformance::{self, Caller, Story};

fn tell(stories: &[Story], release: Option<&str>, start: impl Fn(&Ground) -> (String, (&'static str, String))) {
    let mut problems = Vec::new();
    for story in stories {
        let ground = Ground::new();
        let (url, token) = start(&ground);
        let mut caller = Caller::new(&ground.sandbox.http, &url, &ground.realm, token);
        (story.tell)(&mut caller);
        let (transcript, _) = caller.transcript();
        problems.extend(compare(&expected(story, release, &transcript), &transcript).err());
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The text for this release, where it has one of its own; one is written only when it differs.
fn expected(story: &Story, release: Option<&str>, transcript: &str) -> PathBuf {
    let common = conformance::expected(story);
    let Some(release) = release else { return common };
    let own = common.with_file_name(format!("{}-{release}.txt", story.name));
    let differs = || std::fs::read_to_string(&common).is_ok_and(|text| text != transcript);
    if own.exists() || (updating() && differs()) { own } else { common }
}

#[test]
fn keycloak_answers_as_written_down() {
    let version = Ground::new().sandbox.keycloak("GET", "serverinfo", None).expect(200).json();
    let version = version["systemInfo"]["version"].as_str().unwrap_or_default().to_owned();
    let release = version.rsplit_once('.').map(|(release, _)| release).filter(|release| *release != "26.7");
    tell(&conformance::keycloak(), release, |ground| {
        (ground.sandbox.keycloak.clone(), ("authorization", format!("Bearer {}", ground.sandbox.keycloak_login())))
    });
}

#[test]
fn keystone_answers_as_written_down() {
    tell(&conformance::keystone(), None, |ground| {
        (ground.sandbox.keystone.clone(), ("x-auth-token", ground.sandbox.keystone_login()))
    });
}
