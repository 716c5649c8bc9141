//! Mappings as they are sent, and what it means when the server falls over one.

use crate::http::failure::{Answered, Kind};
use crate::http::route::Route;
use crate::model::step::Action;
use crate::resource::Body;

use super::*;

fn step(action: Action) -> Step {
    Step::of(&Mapping::bare(Address::mapping("projects")), action)
}

#[test]
fn a_change_of_rules_repeats_the_version_and_the_other_way_round() {
    let request = Mapping::write(&step(Action::Update), &Ids::new()).unwrap();
    assert_eq!((request.method.as_str(), request.envelope), ("PATCH", Some("mapping")));
    assert_eq!(request.body, Body::Changed { echo: &["rules", "schema_version"] });
    let created = Mapping::write(&step(Action::Create), &Ids::new()).unwrap();
    assert_eq!((created.method.as_str(), created.body), ("PUT", Body::New));
    assert_eq!(created.route.to_string(), "/v3/OS-FEDERATION/mappings/projects");
}

#[test]
fn a_server_that_falls_over_a_mapping_does_not_know_its_version() {
    let status = |status: u16| {
        let answer = Answered {
            status: status.try_into().unwrap(),
            words: String::new(),
            page: false,
            challenge: None,
            request_id: None,
            retry_after: None,
        };
        Failure { answer: Some(answer), ..Failure::new(Kind::Unwell, "PUT") }
    };
    let mapping = Route::new(["v3", "OS-FEDERATION", "mappings", "projects"]);
    assert!(unknown_version(&mapping, &status(500)).is_some_and(|hint| hint.contains("Keystone 29")));
    assert_eq!(unknown_version(&mapping, &status(502)), None, "that is a proxy's word");
    assert_eq!(unknown_version(&Route::new(["v3", "projects"]), &status(500)), None);
}
