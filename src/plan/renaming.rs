//! What there is to say about new names: additions that look like renamings, and people who are known by their names.

use std::collections::BTreeMap;

use similar::TextDiff;

use crate::model::Json;
use crate::model::address::{Address, KeycloakKind, KeystoneKind};
use crate::model::step::{Action, Step};
use crate::resolve::Resolved;
use crate::resolve::people::becomes_another;
use crate::resource::Warning;

/// How alike two names must be for one to look like the other: 1 for the same name.
const ALIKE: f32 = 0.5;

/// A warning for each object that is added and may be one under a new name that is destroyed.
#[must_use]
pub fn looks_renamed(steps: &[Step]) -> Vec<Warning> {
    let of_action = |action: Action| {
        let mut places = BTreeMap::<Address, Vec<&Step>>::new();
        for step in steps.iter().filter(|step| step.action == action && can_be_renamed(&step.address)) {
            places.entry(place(&step.address)).or_default().push(step);
        }
        places
    };
    let (made, gone) = (of_action(Action::Create), of_action(Action::Delete));
    let both = made.iter().filter_map(|(place, made)| Some((made, gone.get(place)?)));
    both.flat_map(|(made, gone)| pairs(made, gone)).map(|(made, gone)| warning(made, gone)).collect()
}

/// What is made may be what goes and has the name that is most like its own.
fn pairs<'a>(made: &[&'a Step], gone: &[&'a Step]) -> Vec<(&'a Step, &'a Step)> {
    let alike = |made: &Step, gone: &Step| TextDiff::from_chars(made.address.name(), gone.address.name()).ratio();
    let best = |made: &&'a Step| {
        let ratios = gone.iter().map(|gone| (alike(made, gone), *gone));
        let best = ratios.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
        (best.0 >= ALIKE).then_some((*made, best.1))
    };
    made.iter().filter_map(best).collect()
}

fn warning(made: &Step, gone: &Step) -> Warning {
    Warning {
        address: made.address.clone(),
        source: made.source.clone(),
        message: format!("is made anew, while {} goes with all that belongs to it", gone.address),
        hint: Some(format!(
            "if it is the same under a new name, say `renamedFrom: {}`, and do not say that the old one goes",
            Json::from(gone.address.name())
        )),
    }
}

/// What an object is in, with its kind: the same for all whose names must differ.
fn place(address: &Address) -> Address {
    address.called("")
}

/// Whether the server can give it another name.
fn can_be_renamed(address: &Address) -> bool {
    match address {
        Address::Keycloak { kind, .. } => matches!(
            kind,
            KeycloakKind::Group
                | KeycloakKind::ClientScope
                | KeycloakKind::Client
                | KeycloakKind::User
                | KeycloakKind::RealmRole
                | KeycloakKind::ClientRole
        ),
        Address::Keystone { kind, .. } => {
            matches!(kind, KeystoneKind::Role | KeystoneKind::Project | KeystoneKind::Group | KeystoneKind::User)
        }
        Address::Sink { .. } => false,
    }
}

/// A warning for each person who gets another username and is known by it in Keystone: at the next login somebody else comes.
#[must_use]
pub fn strangers(resolved: &Resolved, steps: &[Step]) -> Vec<Warning> {
    let renamed = steps.iter().filter_map(|step| match (&step.address, &step.renamed_from) {
        (Address::Keycloak { realm, kind: KeycloakKind::User, .. }, Some(old)) => Some((step, realm, old)),
        _ => None,
    });
    let another =
        |(step, realm, old): &(&Step, &String, &String)| becomes_another(resolved, realm, old, step.address.name());
    let warning = |(step, _, old): (&Step, _, &String)| {
        Warning {
        address: step.address.clone(),
        source: step.source.clone(),
        message: format!("is known in Keystone by the username, and comes as another user than {old} from now on"),
        hint: Some(
            "the roles come with the grants, but the application credentials stay those of the old user, and alive: make \
             new ones and revoke those; or first take `user.id` from the claim `sub` in the rules of the mapping"
                .to_owned(),
        ),
    }
    };
    renamed.filter(another).map(warning).collect()
}

#[cfg(test)]
mod tests;
