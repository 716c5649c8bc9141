//! What the server protects from being changed or deleted by the option `immutable`: a PATCH of it may take the option
//! away and do nothing else (seen on 28 to 30). The roles of the bootstrap are protected, and what an operator
//! protects.
//!
//! So the protection goes first, and comes back with the change itself. Between the two the object is unprotected, and
//! stays so if the run dies there: only where the spec says what the protection shall be does the next run know it.

use crate::model::Json;
use crate::model::address::{Address, Ids, KeystoneKind};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Live, Mode, Want, Wanted};
use crate::resource::{Ask, First, Found, Problem, ids};
use crate::shape::overlay;

/// Where a document holds the option.
pub(super) const PATH: [&str; 2] = ["options", "immutable"];

/// The operator's word for it.
pub(super) const WORD: &str = "options.immutable";

/// Shows what is not protected as such: the server leaves the option out until it has been set.
pub(super) fn normalise(mut body: Json) -> Json {
    Path::new(PATH).set_if_absent(&mut body, Json::Bool(false));
    body
}

/// Takes the protection away from what changes or goes, before it does.
pub(super) fn settle(ask: &Ask<'_>, found: &Found) -> Found {
    let ids = ids(&found.live);
    let mut settled = Found::default();
    for wanted in ask.wanted.iter().filter(|wanted| wanted.mode == Mode::Manage) {
        let live = found.live.get(&wanted.address).filter(|live| is_protected(live));
        match live.map(|live| way(wanted, live, &ids)) {
            None | Some(Way::Clear) => {}
            Some(Way::Unlock) => settled.first.push(unlock(wanted)),
            Some(Way::Barred(message, hint)) => settled.problems.push(Problem {
                address: wanted.address.clone(),
                source: wanted.source.clone(),
                message,
                hint: Some(hint.to_owned()),
            }),
        }
    }
    settled
}

pub(super) fn is_protected(live: &Live) -> bool {
    Path::new(PATH).get(&live.body) == Some(&Json::Bool(true))
}

/// What stands in the way of what is asked.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// Nothing.
    Clear,
    /// The protection.
    Unlock,
    /// The spec itself; and what to say there.
    Barred(String, &'static str),
}

fn way(wanted: &Wanted, live: &Live, ids: &Ids) -> Way {
    let path = Path::new(PATH);
    let declared = wanted.fields.iter().find(|field| field.path == path).map(|field| &field.want);
    match wanted.ensure {
        Ensure::Any => Way::Clear,
        Ensure::Absent if declared == Some(&Want::Is(Value::Json(Json::Bool(true)))) => Way::Barred(
            "shall be protected, and shall go".to_owned(),
            "leave `options` out, or say `immutable: false` there",
        ),
        // Roles and domains take more with them than a project does: those of the bootstrap are protected for a reason.
        Ensure::Absent if declared.is_none() && !is_project(&wanted.address) => Way::Barred(
            "is protected by the server (`immutable`), and is not deleted".to_owned(),
            "leave it as it is; or say `options: {immutable: false}` there, if it shall go all the same",
        ),
        Ensure::Absent => Way::Unlock,
        Ensure::Present | Ensure::Existing | Ensure::Required => {
            let changes = overlay::changes(wanted, Some(live), ids);
            match (changes.iter().find(|change| change.path != path), declared) {
                (None, _) => Way::Clear,
                (Some(_), Some(_)) => Way::Unlock,
                (Some(change), None) => Way::Barred(
                    format!("is protected by the server (`immutable`), and its `{}` is not changed", change.word),
                    "leave it as it is; or say `options: {immutable: true}`, so that it is unlocked, changed and \
                     locked again, by the next run if this one dies; or `immutable: false`, so that it stays unlocked",
                ),
            }
        }
    }
}

fn is_project(address: &Address) -> bool {
    matches!(address, Address::Keystone { kind: KeystoneKind::Project, .. })
}

fn unlock(wanted: &Wanted) -> First {
    let field = Field {
        word: WORD.to_owned(),
        path: Path::new(PATH),
        spelling: Spelling::Same,
        want: Want::Is(Value::Json(Json::Bool(false))),
        source: None,
    };
    let wanted = Wanted { ensure: Ensure::Existing, fields: vec![field], ..wanted.clone() };
    First { wanted, before: Vec::new() }
}

#[cfg(test)]
mod tests;
