//! Projects that are parts of others. Keystone disables no project that has enabled parts, enables none within a disabled
//! one, makes none there, and deletes none that has parts (seen on 30): what is said of all of them is done in that order,
//! and what nobody says is told before anything is written.

use std::collections::BTreeMap;

use crate::model::Json;
use crate::model::address::{Address, KeystoneKind};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Live, Mode, Want, Wanted};
use crate::resource::{Ask, First, Found, Problem};

/// The field of a project that says what it is part of.
pub(super) const PARENT: &str = "parent_id";

const ENABLED: &str = "enabled";

/// Whether it matters what else is part of this project.
pub(super) fn matters(wanted: &Wanted) -> bool {
    is_managed(wanted) && (wanted.ensure == Ensure::Absent || says(wanted, false))
}

/// The order in which projects are disabled and enabled, and what stands in the way.
pub(super) fn settle(ask: &Ask<'_>, found: &Found) -> Found {
    let asked: BTreeMap<&Address, &Wanted> =
        ask.wanted.iter().filter(|wanted| is_managed(wanted)).map(|wanted| (&wanted.address, *wanted)).collect();
    let mut parts = BTreeMap::<&str, Vec<(&Address, &Live)>>::new();
    for (address, live) in &found.live {
        let is_project = matches!(address, Address::Keystone { kind: KeystoneKind::Project, .. });
        if let Some(parent) = live.body.get(PARENT).and_then(Json::as_str).filter(|_| is_project) {
            parts.entry(parent).or_default().push((address, live));
        }
    }
    let mut settled = Settled { adapted: BTreeMap::new(), found: Found::default() };
    for (address, whole) in &asked {
        let Some(live) = found.live.get(*address) else { continue };
        let parts = live.id.as_deref().and_then(|id| parts.get(id)).map_or(&[][..], Vec::as_slice);
        if whole.ensure == Ensure::Absent {
            let mut staying = Vec::new();
            for (part, _) in parts {
                match asked.get(part) {
                    Some(asked) if asked.ensure == Ensure::Absent => settled.behind(asked, whole),
                    _ => staying.push(*part),
                }
            }
            settled.refuse(
                whole,
                "has parts that stay, and Keystone deletes no project with parts",
                staying,
                "let the parts go, too (`ensure: absent`), or leave the project",
            );
        } else if says(whole, false) && is_enabled(live) {
            let mut staying = Vec::new();
            for (part, _) in parts.iter().filter(|(_, live)| is_enabled(live)) {
                match asked.get(part) {
                    Some(asked) if asked.ensure == Ensure::Absent => settled.disable_first(asked, whole),
                    Some(asked) if says(asked, false) => settled.part_first(asked, whole),
                    _ => staying.push(*part),
                }
            }
            settled.refuse(
                whole,
                "is to be disabled and has parts that are enabled, and Keystone disables none before its parts",
                staying,
                "say `enabled: false` of the parts, too",
            );
        }
    }
    for wanted in asked.values() {
        settled.within_disabled(wanted, &asked, found);
    }
    let Settled { adapted, mut found } = settled;
    found.adapted.extend(adapted.into_values());
    found
}

struct Settled<'a> {
    adapted: BTreeMap<&'a Address, Wanted>,
    found: Found,
}

impl<'a> Settled<'a> {
    fn adapt(&mut self, wanted: &'a Wanted) -> &mut Wanted {
        self.adapted.entry(&wanted.address).or_insert_with(|| wanted.clone())
    }

    /// Both are there and are disabled: the part before the whole.
    fn part_first(&mut self, part: &'a Wanted, whole: &'a Wanted) {
        self.adapt(part).requires.retain(|required| *required != whole.address);
        self.adapt(whole).requires.push(part.address.clone());
    }

    /// The part comes behind the whole; of what goes, that is before it.
    fn behind(&mut self, part: &'a Wanted, whole: &Wanted) {
        let requires = &mut self.adapt(part).requires;
        if !requires.contains(&whole.address) {
            requires.push(whole.address.clone());
        }
    }

    /// The part goes, which is the last thing to happen: it is disabled before.
    fn disable_first(&mut self, part: &Wanted, whole: &Wanted) {
        let field = Field {
            word: ENABLED.to_owned(),
            path: Path::new([ENABLED]),
            spelling: Spelling::Same,
            want: Want::Is(Value::Json(Json::Bool(false))),
            source: None,
        };
        let requires = part.requires.iter().filter(|required| **required != whole.address).cloned().collect();
        let wanted = Wanted { ensure: Ensure::Existing, fields: vec![field], requires, ..part.clone() };
        self.found.first.push(First { wanted, before: vec![whole.address.clone()] });
    }

    /// What is made or enabled within a project that is disabled: after that is enabled, or not at all.
    fn within_disabled(&mut self, part: &'a Wanted, asked: &BTreeMap<&Address, &'a Wanted>, found: &Found) {
        let live = found.live.get(&part.address);
        let comes = live.is_none() && part.ensure == Ensure::Present;
        let rises = live.is_some_and(|live| !is_enabled(live)) && part.ensure != Ensure::Absent && says(part, true);
        if !comes && !rises {
            return;
        }
        let declared = part.fields.iter().find_map(|field| match &field.want {
            Want::Fixed(Value::Id(parent)) if field.path == Path::new([PARENT]) => Some(parent),
            _ => None,
        });
        let known = live.and_then(|live| live.body.get(PARENT)?.as_str());
        let by_id = known.and_then(|id| {
            let (address, _) = found.live.iter().find(|(_, live)| live.id.as_deref() == Some(id))?;
            Some(address)
        });
        let Some(whole) = declared.or(by_id) else { return };
        let is_disabled =
            found.live.get(whole).is_some_and(|live| live.body.get(PARENT).is_some() && !is_enabled(live));
        let said = asked.get(whole).copied();
        if !is_disabled {
            // What is being disabled takes nothing new either: that is a contradiction, which the server tells.
            return;
        }
        if let Some(whole) = said.filter(|whole| says(whole, true)) {
            self.behind(part, whole);
        } else {
            let message =
                format!("is part of {whole}, which is disabled: Keystone makes and enables nothing within it");
            self.problem(part, message, "say `enabled: true` of it, too");
        }
    }

    fn refuse(&mut self, whole: &Wanted, what: &str, parts: Vec<&Address>, hint: &str) {
        if !parts.is_empty() {
            let parts = parts.into_iter().map(Address::to_string).collect::<Vec<_>>().join(", ");
            self.problem(whole, format!("{what}: {parts}"), hint);
        }
    }

    fn problem(&mut self, wanted: &Wanted, message: String, hint: &str) {
        let (address, source) = (wanted.address.clone(), wanted.source.clone());
        self.found.problems.push(Problem { address, source, message, hint: Some(hint.to_owned()) });
    }
}

fn is_managed(wanted: &Wanted) -> bool {
    wanted.mode == Mode::Manage && wanted.ensure != Ensure::Any
}

/// Whether the spec says that the project shall be enabled, or that it shall not.
fn says(wanted: &Wanted, enabled: bool) -> bool {
    let path = Path::new([ENABLED]);
    wanted.fields.iter().any(|field| field.path == path && field.want == Want::Is(Value::Json(Json::Bool(enabled))))
}

fn is_enabled(live: &Live) -> bool {
    live.body.get(ENABLED).and_then(Json::as_bool) == Some(true)
}

#[cfg(test)]
mod tests;
