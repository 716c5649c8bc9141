//! Objects that the spec knows by a new name: which of them a server still knows by the old one, and what there is of
//! them, asked for by the names there and told by those of the spec.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Observation, observe};
use crate::backend::whatever_is_at;
use crate::http::failure::Failure;
use crate::model::address::{Address, KeycloakKind};
use crate::model::renames::Renames;
use crate::model::wanted::Wanted;
use crate::resolve::renames::Rename;
use crate::resource::{Found, Warning};

/// What a look has found, by the names of the spec.
pub struct Looked<'a> {
    /// What is wanted, new names included.
    pub wanted: Cow<'a, [Wanted]>,
    /// What there is.
    pub found: Found,
    /// The names that the servers have instead.
    pub names: Renames,
}

/// What there is of everything `wanted`, of which some may still have the names that `renames` tells.
///
/// # Errors
/// As [`observe`].
pub async fn observe_renamed<'a>(
    wanted: &'a [Wanted],
    renames: &[Rename],
    observation: &Observation,
) -> Result<Looked<'a>, Vec<Failure>> {
    if renames.is_empty() {
        let found = observe(wanted, observation).await?;
        return Ok(Looked { wanted: Cow::Borrowed(wanted), found, names: Renames::default() });
    }
    let (names, warnings) = names_there(wanted, renames, observation).await?;
    let declared: BTreeSet<&Address> = wanted.iter().map(|wanted| &wanted.address).collect();
    let wanted: Vec<Wanted> = wanted.iter().map(|wanted| named(wanted, &names, &declared)).collect();
    let there: Vec<Wanted> =
        wanted.iter().map(|wanted| wanted.clone().readdressed(&|address| names.there(address))).collect();
    let mut found = observe(&there, observation).await?.readdressed(&|address| names.here(address));
    found.warnings.extend(warnings);
    Ok(Looked { wanted: Cow::Owned(wanted), found, names })
}

/// With its new name, if it gets one. What its realm says comes first, if that is `declared`: whether usernames can change.
fn named(wanted: &Wanted, names: &Renames, declared: &BTreeSet<&Address>) -> Wanted {
    let Some(name) = names.name(&wanted.address) else { return wanted.clone() };
    let mut renamed = wanted.clone().renamed_from(name);
    let realm = wanted.address.within().filter(|realm| declared.contains(realm) && !renamed.requires.contains(realm));
    renamed.requires.extend(realm);
    renamed
}

/// Which objects still have their old names, and what is to be said where both names are taken. What others are in is
/// looked at before them.
async fn names_there(
    wanted: &[Wanted],
    renames: &[Rename],
    observation: &Observation,
) -> Result<(Renames, Vec<Warning>), Vec<Failure>> {
    // Whether a realm is there tells whether anything is that is in it.
    let is_realm = |wanted: &&Wanted| matches!(wanted.address, Address::Keycloak { kind: KeycloakKind::Realm, .. });
    let realms: Vec<Wanted> = wanted.iter().filter(is_realm).cloned().collect();
    let depths: BTreeSet<usize> = renames.iter().map(|rename| rename.address.names().len()).collect();
    let mut names = Renames::default();
    let mut warnings = Vec::new();
    for depth in depths {
        let of_depth = renames.iter().filter(|rename| rename.address.names().len() == depth);
        let looked_for: Vec<(&Rename, Address, Address)> = of_depth
            .map(|rename| {
                let new = names.there(&rename.address);
                (rename, new.called(&rename.from), new)
            })
            .collect();
        let both = looked_for.iter().flat_map(|(_, old, new)| [old, new]).map(whatever_is_at);
        let asked: Vec<Wanted> = both.chain(realms.iter().cloned()).collect();
        let live = observe(&asked, observation).await?.live;
        for (rename, old, new) in looked_for {
            match (live.contains_key(&old), live.contains_key(&new)) {
                (true, false) => names.add(&rename.address, &rename.from),
                (true, true) => warnings.push(both_are_there(rename, &old)),
                (false, _) => {}
            }
        }
    }
    Ok((names, warnings))
}

fn both_are_there(rename: &Rename, old: &Address) -> Warning {
    Warning {
        address: rename.address.clone(),
        source: Some(rename.source.clone()),
        message: format!("is there, and so is {old}, which is not renamed to it"),
        hint: Some(
            "take `renamedFrom` out if that is another one; else remove one of both, and run it again".to_owned(),
        ),
    }
}
