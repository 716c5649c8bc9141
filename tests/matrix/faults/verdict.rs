//! How a disturbed run may end. The rule of the exit codes:
//!
//! - 0 only where the servers hold what an undisturbed run leaves;
//! - 7 where they no longer hold what they held before, or where a write was sent of which nobody can tell; but 4 where
//!   the server says that somebody else has written it, and what is there is not what was sent;
//! - else 5 where the fault tells nothing of what is there, or a login has failed, however; 1 where the fault is an
//!   answer, though a wrong one; 4 as well where it is that something has gone; or as an undisturbed run that fails;
//! - 3 where it is not told whether the tool has its own rights by what would go.

use super::super::harness::tool::Outcome;
use super::super::model::log::Entry;
use super::super::scene::Take;
use super::super::tally::{Broken, Ending};
use super::kinds::{Kind, Means};

/// The ending of a run during which faults of these kinds have happened, if it is one that may be.
pub(super) fn of(take: &mut Take<'_>, outcome: &Outcome, kinds: &[&Kind]) -> Result<Ending, Broken> {
    take.is_clean(outcome)?;
    take.has_no_duplicate()?;
    let logs = [take.stage.models.keycloak.log.entries(), take.stage.models.keystone.log.entries()];
    if let Some(blind) = logs.iter().find_map(|log| sent_blindly(log)) {
        return Err(Broken::Duplicated(format!("sent again without a look: {blind}")));
    }
    let Some(code) = outcome.code else { return Err(Broken::Wrong("it was killed".to_owned())) };
    if code == 101 || outcome.stderr.contains("panicked") {
        return Err(Broken::Wrong("it panics".to_owned()));
    }
    if code == 0 {
        if !take.scene.ends_well() {
            return Err(Broken::Wrong("it ends well, and does not without a disturbance".to_owned()));
        }
        take.is_as_undisturbed().map_err(|broken| broken.of("it says that all is well"))?;
        return Ok(Ending::Converged);
    }
    if !outcome.stderr.lines().any(|line| line.starts_with("error: ")) {
        return Err(Broken::Wrong("it does not say why".to_owned()));
    }
    let written = take.stage.dump() != take.before;
    let mut allowed = allowed(written, logs.iter().flatten().any(may_be_done), kinds);
    if !written && outcome.stderr.contains("failed to log in") {
        allowed.push(5);
    }
    if !written && outcome.stderr.contains("OPCP-G010") {
        allowed.push(3);
    }
    if allowed.contains(&code) || take.scene.codes.contains(&Some(code)) {
        return Ok(Ending::Stopped);
    }
    Err(Broken::Wrong(format!("another exit code than {allowed:?}, with something written: {written}")))
}

fn allowed(written: bool, doubtful: bool, kinds: &[&Kind]) -> Vec<i32> {
    let of_kind = |means: Means| -> &[i32] {
        match means {
            Means::Nothing => &[5],
            Means::Wrong | Means::Taken => &[1],
            Means::Gone => &[1, 4],
            Means::All => &[],
        }
    };
    let told = kinds.iter().flat_map(|kind| of_kind(kind.means)).copied();
    let taken = kinds.iter().any(|kind| kind.means == Means::Taken).then_some(4);
    match (written, doubtful) {
        (true, _) => [7].into_iter().chain(taken).collect(),
        (false, true) => told.chain([7]).collect(),
        (false, false) => told.collect(),
    }
}

/// Whether a request is a write that was not certainly refused.
fn may_be_done(entry: &Entry) -> bool {
    let refused = |status: u16| status != 409 && (400..500).contains(&status);
    entry.write && !entry.status.is_some_and(refused)
}

/// A creation that was sent twice without a look at its place between. One that was refused for its token is not meant.
fn sent_blindly(log: &[Entry]) -> Option<String> {
    let creation = |entry: &Entry| entry.method == "POST" && entry.write && entry.status != Some(401);
    log.iter().enumerate().filter(|(_, entry)| creation(entry)).find_map(|(number, first)| {
        let later = &log[number + 1..];
        let again = later
            .iter()
            .position(|entry| creation(entry) && entry.target == first.target && entry.body == first.body)?;
        let looks = |entry: &Entry| entry.method == "GET" && is_at(entry.path(), first.path());
        (!later[..again].iter().any(looks)).then(|| format!("POST {}", first.target))
    })
}

/// Whether one path leads into the collection of the other, or to a realm where that makes realms.
fn is_at(path: &str, creation: &str) -> bool {
    let (path, creation) = (place(path), place(creation));
    path.starts_with(&creation) && path.len() <= creation.len() + 1
}

/// The collection that a path leads into: `admin/realms/REALM/users`, `v3/projects`.
fn place(path: &str) -> Vec<&str> {
    let parts = path.trim_matches('/').split('/');
    parts.clone().take(if parts.clone().next() == Some("admin") { 4 } else { 2 }).collect()
}
