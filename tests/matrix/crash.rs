//! Row C, requests: the binary is killed before and after each request of each step of each scenario. Then one run comes
//! to what an undisturbed one comes to, and the one after it has nothing to do.

use super::harness::proxy::Moment;
use super::scene::{self, Scene, Take, told};
use super::tally::{Broken, Ending, count, is_long};

/// At least so many points are tried.
const LEAST: usize = 2000;

struct Point {
    scene: &'static Scene,
    number: usize,
    moment: Moment,
}

impl Point {
    /// Whether this point is in the sample: all from the first write on, and every second one before.
    fn is_sampled(&self) -> bool {
        let write = |request: &String| !request.starts_with("GET") && !request.ends_with("/token");
        let first = self.scene.requests.iter().position(write).unwrap_or(usize::MAX);
        self.number > first || self.number.is_multiple_of(2) == (self.moment == Moment::Before)
    }

    fn attempt(&self) -> Result<Ending, Broken> {
        let mut take = Take::proxied(self.scene);
        take.passage.arm(self.number, self.moment);
        let passage = take.passage.clone();
        let before = passage.seen().len();
        let killed = take.run_watched(&[], |run| passage.watch(run));
        // How often a run logs in anew depends on what is under way then: it may have come to its end before.
        let is_reached = take.passage.seen().len() - before >= self.number;
        if killed.code.is_some() && is_reached {
            return Err(Broken::Wrong(format!("it was not killed: {}", told(&killed))));
        }
        take.is_clean(&killed)?;
        take.recovers()?;
        take.rests()?;
        Ok(if self.scene.ends_well() { Ending::Converged } else { Ending::Stopped })
    }

    fn name(&self) -> String {
        let request = &self.scene.requests[self.number - 1];
        format!("{}, killed {:?} request {} (without that {request})", self.scene.name, self.moment, self.number)
    }
}

#[test]
fn killed_at_any_request_the_next_run_converges() {
    let numbers = scene::all().iter().flat_map(|scene| (1..=scene.requests.len()).map(move |number| (scene, number)));
    let moments = [Moment::Before, Moment::After];
    let points = numbers.flat_map(|(scene, number)| moments.map(|moment| Point { scene, number, moment }));
    let points: Vec<Point> = points.filter(|point| is_long() || point.is_sampled()).collect();
    count("C", "SIGKILL before and after each request", LEAST, &points, |point| {
        point.attempt().map_err(|broken| broken.of(&point.name()))
    });
}
