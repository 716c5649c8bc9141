//! What a fresh look says about a step. One answer for the second look, the resumption and the proof.

use super::overlay::{Shown, shown};
use crate::model::Json;
use crate::model::address::Ids;
use crate::model::step::{Action, Step};
use crate::model::wanted::Live;

/// What a fresh look says about a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything is as the plan has seen it, or already as it shall be.
    Ready,
    /// All of it is as it shall be.
    Done,
    /// All that can be seen of it is; whether its secret is, only the secret's value tells.
    Unseen,
    /// Something is neither; says what.
    Stale(String),
}

/// What `live` says about `step`.
#[must_use]
pub fn standing(step: &Step, live: Option<&Live>, ids: &Ids) -> Standing {
    let Some(live) = live else {
        let all = |wanted| step.fields.iter().all(|change| shown(change, &Json::Null, ids) == wanted);
        return match step.action {
            Action::Create => Standing::Ready,
            Action::Delete => Standing::Done,
            // Between two steps a thing may be nowhere.
            Action::Update if !step.part.is_only() && all(Shown::After) => Standing::Done,
            Action::Update if !step.part.is_only() && all(Shown::Before) => Standing::Ready,
            Action::Update => Standing::Stale("it is gone".to_owned()),
        };
    };
    if step.renews() {
        return if step.id == live.id { Standing::Ready } else { Standing::Done };
    }
    if step.id.is_some() && step.id != live.id {
        return Standing::Stale("another object has taken its name".to_owned());
    }
    if step.action == Action::Delete {
        return Standing::Ready;
    }
    let look = |wanted| step.fields.iter().find(|change| shown(change, &live.body, ids) == wanted);
    match (step.action, look(Shown::Neither), look(Shown::Before)) {
        (Action::Update, None, None) if look(Shown::Unseen).is_some() => Standing::Unseen,
        (_, None, None) => Standing::Done,
        (Action::Update, Some(change), _) => Standing::Stale(format!("{} has been changed meanwhile", change.word)),
        (Action::Update, None, Some(_)) => Standing::Ready,
        (Action::Create | Action::Delete, change, other) => {
            let word = change.or(other).map_or("", |change| change.word.as_str());
            Standing::Stale(format!("it exists meanwhile, with another {word}"))
        }
    }
}
