//! Rows C and F, secrets of clients: killed or disturbed while one is delivered, made anew, and given another value. Then
//! one run leaves what the server shows in every place, and what belongs to others; and no second one is made.

#[path = "../credentials/client_ground.rs"]
mod client_ground;

use super::faults::kinds::{self, KINDS, Kind};
use super::harness::tool::{Outcome, Tool};
use super::life::{Life, Point, disturbed, killed, points, requests};
use super::model::fault::Faults;
use super::tally::{Broken, count, is_long};
use client_ground::{Ground, app};

/// What is done to the secret of a client.
struct Deed {
    name: &'static str,
    /// What the spec says of it before.
    before: Option<&'static str>,
    /// What it says then.
    then: &'static str,
    /// Whether the server keeps the old one valid.
    keeps_old: bool,
    /// How often it is made anew.
    renewals: usize,
}

const DEEDS: [Deed; 4] = [
    Deed { name: "deliver", before: None, then: "", keeps_old: false, renewals: 0 },
    Deed {
        name: "make anew with a hard cut",
        before: Some(""),
        then: "rotation: {every: 30d}, ",
        keeps_old: false,
        renewals: 1,
    },
    Deed {
        name: "make anew beside the old one",
        before: Some(""),
        then: "rotation: {every: 30d}, ",
        keeps_old: true,
        renewals: 1,
    },
    Deed { name: "give another one", before: Some(""), then: "env: CHOSEN, ", keeps_old: false, renewals: 0 },
];

impl Life for Deed {
    type Ground = Ground;
    type Before = String;

    fn ground(&self) -> Ground {
        let mut ground = Ground::new(self.keeps_old);
        ground.tool.set("CHOSEN", "canary-chosen-by-hand");
        if let Some(before) = self.before {
            ground.apply(&app(before)).expect(0);
        }
        ground
    }

    fn tool(ground: &Ground) -> &Tool {
        &ground.tool
    }

    fn server(ground: &Ground) -> &str {
        &ground.models.keycloak.url
    }

    fn faults(ground: &Ground) -> &Faults {
        &ground.models.keycloak.faults
    }

    fn ask(&self, ground: &Ground, url: &str) {
        ground.write_spec(url, &app(self.then));
    }

    fn before(ground: &Ground) -> String {
        ground.secret("app")
    }

    /// A place may hold an old one: after a hard cut that opens nothing.
    fn meanwhile(&self, ground: &Ground, before: &String) -> Result<(), Broken> {
        let known = [before.clone(), ground.secret("app")];
        let strange = ground.told().into_values().any(|told| !known.contains(&told));
        let opens = || ground.told().values().all(|told| ground.opens("app", told));
        if strange || (self.keeps_old && !opens()) {
            return Err(Broken::Lost("a file tells of one that opens nothing".to_owned()));
        }
        Ok(())
    }

    fn verdict(&self, ground: &Ground, before: &String) -> Result<(), Broken> {
        if ground.renewals() > self.renewals {
            return Err(Broken::Duplicated(format!("it was made anew {} times", ground.renewals())));
        }
        if let Some(complaint) = ground.complaint() {
            return Err(Broken::Lost(complaint));
        }
        let is_other = ground.secret("app") != *before;
        if is_other != (self.renewals > 0 || self.then.starts_with("env")) {
            return Err(Broken::Lost("it is not the one that is meant".to_owned()));
        }
        if self.keeps_old && !ground.opens("app", before) {
            return Err(Broken::Lost("the old one opens nothing any more".to_owned()));
        }
        Ok(())
    }

    fn leaks(ground: &Ground, outcome: &Outcome) -> Vec<String> {
        ground.leaks(outcome)
    }
}

#[test]
fn killed_at_any_point_one_run_leaves_what_the_server_shows_in_every_place() {
    let points = DEEDS.iter().flat_map(|deed| points(deed).into_iter().map(move |point| (deed, point)));
    let points: Vec<(&Deed, Point)> = points.collect();
    count("C", "SIGKILL in the life of a client's secret", 60, &points, |(deed, point)| {
        killed(*deed, point).map_err(|broken| broken.of(&format!("{}, {point:?}", deed.name)))
    });
}

#[test]
fn disturbed_at_any_request_one_run_leaves_what_the_server_shows_in_every_place() {
    let all = DEEDS.iter().flat_map(|deed| (1..=requests(deed)).map(move |number| (deed, number)));
    let every = if is_long() { 1 } else { 5 };
    let cases = all.flat_map(|(deed, number)| KINDS.iter().map(move |kind| (deed, kind, number)));
    let cases: Vec<(&Deed, &Kind, usize)> = cases.step_by(every).collect();
    kinds::prepare();
    count("F", "one fault in the life of a client's secret", 60, &cases, |(deed, kind, number)| {
        let case = || format!("{}, {} at request {number}", deed.name, kind.name);
        disturbed(*deed, kind, *number).map_err(|broken| broken.of(&case()))
    });
}
