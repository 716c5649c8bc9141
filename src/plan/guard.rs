//! Danger, found in the finished plan: named, coded checks. All findings at once; most can be allowed, one by one.

use std::collections::BTreeSet;

use super::Plan;
use crate::model::Json;
use crate::model::address::{Address, KeycloakKind, KeystoneKind};
use crate::model::change::Change;
use crate::model::source::Source;
use crate::model::step::{Action, Step};
use crate::model::value::Value;

/// Destroys what people or programs work with.
pub const DESTROYS: &str = "OPCP-G001";
/// Ends the rights that the tool runs with.
pub const DISABLES_ITSELF: &str = "OPCP-G010";

/// The codes that can be allowed.
pub const ALLOWABLE: [&str; 1] = [DESTROYS];

/// What a plan is measured by.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The accounts, clients and projects that the tool itself runs with.
    pub own: BTreeSet<Address>,
    /// The codes that have been allowed.
    pub allowed: BTreeSet<String>,
}

/// A step that must not be taken, or not unseen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable name of the check.
    pub code: &'static str,
    /// The object.
    pub address: Address,
    /// Where it is declared.
    pub source: Option<Source>,
    /// What is dangerous about it.
    pub message: String,
    /// What to do instead.
    pub hint: String,
}

/// Every finding of every check that has not been allowed.
#[must_use]
pub fn check(plan: &Plan, policy: &Policy) -> Vec<Finding> {
    let findings = plan.steps().iter().flat_map(|step| [ends_its_own_rights(step, &policy.own), destroys(step)]);
    findings.flatten().filter(|finding| !policy.allowed.contains(finding.code)).collect()
}

/// The tool would end its own rights, and could not put them back.
fn ends_its_own_rights(step: &Step, own: &BTreeSet<Address>) -> Option<Finding> {
    let turns_off = |change: &Change| matches!(change, Change::Value { after: Value::Json(Json::Bool(false)), .. });
    let disabled = step.fields.iter().any(|field| field.word == "enabled" && turns_off(&field.change));
    let what = match step.action {
        Action::Delete => "deleted",
        Action::Update if disabled => "disabled",
        Action::Update | Action::Create => return None,
    };
    let concerned = |own: &Address| *own == step.address || own.within().as_ref() == Some(&step.address);
    own.iter().any(concerned).then(|| Finding {
        code: DISABLES_ITSELF,
        address: step.address.clone(),
        source: step.source.clone(),
        message: format!("would be {what}, and the tool runs with it"),
        hint: "log in as another account to do this".to_owned(),
    })
}

/// What goes here takes more with it than its name says.
fn destroys(step: &Step) -> Option<Finding> {
    let consequence = match &step.address {
        Address::Keycloak { kind: KeycloakKind::Realm, .. } => "with all its users, groups and clients",
        Address::Keycloak { kind: KeycloakKind::User, .. } => "with its password, sessions and group memberships",
        Address::Keycloak { kind: KeycloakKind::Group, .. } => {
            "with its sub-groups, and with all that their members have through them"
        }
        Address::Keycloak { kind: KeycloakKind::Client, .. } => "with its secret, mappers and service account",
        Address::Keystone { kind: KeystoneKind::Project, .. } => {
            "with its role assignments; its resources are orphaned"
        }
        Address::Keystone { kind: KeystoneKind::Domain, .. } => "with its projects, users and groups",
        Address::Keycloak {
            kind: KeycloakKind::UserProfile | KeycloakKind::ProtocolMapper | KeycloakKind::Membership,
            ..
        } => return None,
    };
    (step.action == Action::Delete).then(|| Finding {
        code: DESTROYS,
        address: step.address.clone(),
        source: step.source.clone(),
        message: format!("would be deleted, {consequence}"),
        hint: format!("if that is meant, say --allow {DESTROYS}"),
    })
}
