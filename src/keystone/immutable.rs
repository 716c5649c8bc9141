//! What the server protects from being changed or deleted by the option `immutable`: a PATCH of it may take the option
//! away and do nothing else (seen on 28 to 30). The roles of the bootstrap are protected, and what an operator protects.

use crate::model::Json;
use crate::model::address::Ids;
use crate::model::path::Path;
use crate::model::wanted::{Ensure, Live, Wanted};
use crate::resource::{Ask, Found, Problem};
use crate::shape::overlay;

/// Where a document holds the option.
pub(super) const PATH: [&str; 2] = ["options", "immutable"];

/// Shows what is not protected as such: the server leaves the option out until it has been set.
pub(super) fn normalise(mut body: Json) -> Json {
    let path = Path::new(PATH);
    if path.get(&body).is_none() {
        path.set(&mut body, Json::Bool(false));
    }
    body
}

/// What is asked of protected things and cannot be done to them.
pub(super) fn problems(ask: &Ask<'_>, found: &Found) -> Vec<Problem> {
    ask.wanted.iter().filter_map(|wanted| problem(wanted, found.live.get(&wanted.address)?)).collect()
}

fn problem(wanted: &Wanted, live: &Live) -> Option<Problem> {
    if Path::new(PATH).get(&live.body) != Some(&Json::Bool(true)) {
        return None;
    }
    let message = match wanted.ensure {
        Ensure::Absent => "is protected by the server (`immutable`), and is not deleted".to_owned(),
        Ensure::Any => return None,
        Ensure::Present | Ensure::Existing | Ensure::Required => {
            let changes = overlay::changes(wanted, Some(live), &Ids::new());
            let change = changes.iter().find(|change| change.path != Path::new(PATH))?;
            format!("is protected by the server (`immutable`), and its `{}` is not changed", change.word)
        }
    };
    let hint = "leave it as it is; if that is meant, take the protection away first, in a run of its own or by hand";
    Some(Problem {
        address: wanted.address.clone(),
        source: wanted.source.clone(),
        message,
        hint: Some(hint.to_owned()),
    })
}

#[cfg(test)]
mod tests;
