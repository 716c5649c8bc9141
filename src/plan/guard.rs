//! Danger, found in the finished plan: named, coded checks. All findings at once; most can be allowed, one by one.

mod destroyed;

use std::collections::BTreeSet;

use super::Plan;
use crate::keycloak;
use crate::keystone;
use crate::keystone::user::options::WAYS_TO_LOG_IN;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind, KeystoneKind};
use crate::model::change::{Change, FieldChange};
use crate::model::source::Source;
use crate::model::step::{Action, Step};
use crate::model::value::Value;
use crate::resource::{Bereft, Estranged, Named};
use destroyed::{destroys, destroys_by_flag};

/// Destroys what people or programs work with.
pub const DESTROYS: &str = "OPCP-G001";
/// Destroys what hangs on a flag: a client's service account, its secret.
pub const DESTROYS_BY_FLAG: &str = "OPCP-G002";
/// Gives people another identity in Keystone, without what they had.
pub const CHANGES_IDENTITIES: &str = "OPCP-G003";
/// Gives whoever holds an application credential the means to make more of them.
pub const MAKES_MORE: &str = "OPCP-G004";
/// Deletes or renames a project or a role that somebody's grants still name.
pub const LEAVES_GRANTS: &str = "OPCP-G005";
/// Ends the rights that the tool runs with.
pub const ENDS_ITS_OWN_RIGHTS: &str = "OPCP-G010";
/// Takes away what comes with every realm, or with every Keystone.
pub const TAKES_BUILT_IN: &str = "OPCP-G011";
/// Leaves a realm without an enabled administrator.
pub const LEAVES_NO_ADMINISTRATOR: &str = "OPCP-G012";

/// The codes that can be allowed.
pub const ALLOWABLE: [&str; 5] = [DESTROYS, DESTROYS_BY_FLAG, CHANGES_IDENTITIES, MAKES_MORE, LEAVES_GRANTS];

/// The flags of what the tool runs with that must stay on.
const LIFELINES: [&str; 5] =
    ["enabled", "serviceAccountRoles", "clientAuthentication", "directAccessGrants", "fullScopeAllowed"];

/// The client scope without which later versions refuse tokens.
const ADMIN_SCOPE: &str = "kc-admin-api";

/// What a plan is measured by.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The accounts, clients, projects and domains that the tool itself runs with.
    pub own: BTreeSet<Address>,
    /// Those of them that are known by their ids alone.
    pub own_ids: BTreeSet<String>,
    /// What the plan takes away through which they have their rights: their groups, roles that they have.
    pub ended: BTreeSet<Address>,
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
    /// Whether it has been allowed.
    pub allowed: bool,
}

impl Finding {
    /// That this step must not be taken, or not unseen; nobody has allowed it yet.
    fn of(step: &Step, code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let (address, source) = (step.address.clone(), step.source.clone());
        Self { code, address, source, message: message.into(), hint: hint.into(), allowed: false }
    }
}

impl Policy {
    /// With more ids of what the tool itself runs with.
    #[must_use]
    pub fn with_own(mut self, ids: BTreeSet<String>) -> Self {
        self.own_ids.extend(ids);
        self
    }

    /// With what the plan takes away through which the tool has its rights.
    #[must_use]
    pub fn with_ended(mut self, ended: BTreeSet<Address>) -> Self {
        self.ended.extend(ended);
        self
    }

    /// Whether what has this code may be done.
    #[must_use]
    pub fn allows(&self, code: &str) -> bool {
        self.allowed.contains(code)
    }
}

/// Every finding of every check; `estranged` are the people whom the plan makes others, `named` what goes although grants
/// name it, `bereft` the realms that it leaves without an administrator.
#[must_use]
pub fn check(
    plan: &Plan,
    estranged: &[Estranged],
    named: &[Named],
    bereft: &[Bereft],
    policy: &Policy,
) -> Vec<Finding> {
    let ids = plan.ids();
    let findings = plan
        .steps()
        .iter()
        // What only makes another step possible is judged by that.
        .filter(|step| !step.is_first())
        .flat_map(|step| {
            [
                ends_its_own_rights(step, &ids, policy),
                takes_built_in(step),
                destroys(step),
                destroys_by_flag(step),
                makes_more(step),
            ]
        });
    let findings = findings
        .flatten()
        .chain(estranged.iter().map(|estranged| changes_identities(plan, estranged)))
        .chain(named.iter().map(|named| leaves_grants(plan, named)))
        .chain(bereft.iter().flat_map(|bereft| leaves_no_administrator(plan, bereft)));
    let judged = |finding: Finding| Finding { allowed: policy.allows(finding.code), ..finding };
    findings.map(judged).collect()
}

/// The operator's words of the flags that an update turns off.
fn turned_off(step: &Step) -> impl Iterator<Item = &str> {
    let off = |field: &&FieldChange| match &field.change {
        Change::Value { after: Value::Json(after), .. } => field.spelling.operator(after) == Json::Bool(false),
        _ => false,
    };
    let updated = (step.action == Action::Update).then_some(&step.fields);
    updated.into_iter().flatten().filter(off).map(|field| field.word.as_str())
}

/// The tool would end its own rights, and could not put them back.
fn ends_its_own_rights(step: &Step, ids: &Ids, policy: &Policy) -> Option<Finding> {
    let is_own = |address: &Address, id: Option<&String>| {
        policy.own.contains(address) || id.is_some_and(|id| policy.own_ids.contains(id))
    };
    let own = is_own(&step.renamed().unwrap_or_else(|| step.address.clone()), step.id.as_ref());
    let holder = holder(&step.address);
    let of_link = holder_id(step);
    let holds = holder.is_some_and(|holder| is_own(&holder, ids.get(&holder).or(of_link.as_ref())));
    let client = &step.document;
    if step.renews() && policy.own.contains(client) {
        return Some(Finding::of(
            step,
            ENDS_ITS_OWN_RIGHTS,
            format!("would be made anew, and the tool itself logs in as {client}"),
            "log in as another account to do this, which can log in again when it is cut off",
        ));
    }
    // Without them its tokens would be worth nothing, whatever roles it has (`kc-admin-api`: told of Keycloak 26.8).
    let carried = match &step.address {
        Address::Keycloak { kind: KeycloakKind::ScopeMapping, .. } => true,
        Address::Keycloak { kind: KeycloakKind::AssignedScope, .. } => step.address.name() == ADMIN_SCOPE,
        _ => false,
    };
    let holds = holds || (carried && policy.own.contains(client));
    let ended = policy.ended.contains(&step.address);
    let is_link = step.address.role_holder().is_some() || step.address.composite_roles().is_some();
    let off =
        turned_off(step).find(|word| LIFELINES.contains(word)).map(|word| format!("would have {word} turned off"));
    let words = || step.fields.iter().map(|field| field.word.as_str());
    let asks_more =
        || words().find(|word| WAYS_TO_LOG_IN.contains(word)).map(|word| format!("would have {word} changed"));
    let what = match (step.action, off.or_else(asks_more)) {
        (Action::Delete, _) if holds || (ended && is_link) => "would be taken away".to_owned(),
        (Action::Delete, _) => "would be deleted".to_owned(),
        (_, _) if step.renamed_from.is_some() => "would be renamed".to_owned(),
        (_, Some(what)) => what,
        (_, None) => return None,
    };
    let within = |own: &Address| own.within().as_ref() == Some(&step.address);
    let how = if ended { "has rights through it" } else { "runs with it" };
    (own || holds || ended || policy.own.iter().any(within)).then(|| {
        Finding::of(
            step,
            ENDS_ITS_OWN_RIGHTS,
            format!("{what}, and the tool {how}"),
            "log in as another account to do this",
        )
    })
}

/// Who has something by a link: a role, or what comes with a group.
fn holder(link: &Address) -> Option<Address> {
    let member = || link.member().map(|(_, user)| user);
    link.role_holder().or_else(member).or_else(|| link.local_member())
}

/// The id of who has a link in Keystone that is there: of one that nobody has listed, nothing else tells it.
fn holder_id(step: &Step) -> Option<String> {
    let Address::Keystone { kind, .. } = &step.address else { return None };
    let id = step.id.as_deref()?;
    match kind {
        KeystoneKind::Membership => Some(id.to_owned()),
        KeystoneKind::RoleAssignment => {
            let mut segments = id.split('/').skip_while(|segment| !matches!(*segment, "users" | "groups"));
            segments.nth(1).map(str::to_owned)
        }
        _ => None,
    }
}

/// What comes with a realm, or with Keystone, goes with it only.
fn takes_built_in(step: &Step) -> Option<Finding> {
    let (how, taken) = match (step.action, step.renamed()) {
        (Action::Delete, _) => ("deleted", step.address.clone()),
        (_, Some(old)) => ("renamed", old),
        (_, None) => return None,
    };
    let (server, is_built_in) = match &taken {
        Address::Keycloak { .. } => ("Keycloak", keycloak::is_built_in(&taken)),
        Address::Keystone { .. } => ("Keystone", keystone::is_built_in(&taken)),
        Address::Sink { .. } => return None,
    };
    let name = taken.name();
    let what = match &taken {
        Address::Keycloak { kind: KeycloakKind::RealmRole | KeycloakKind::ClientRole, .. }
        | Address::Keystone { kind: KeystoneKind::Role, .. } => format!("role `{name}`"),
        Address::Keycloak { kind: KeycloakKind::ClientScope, .. } => format!("client scope `{name}`"),
        Address::Keycloak { kind: KeycloakKind::Client, .. } => format!("client `{name}`"),
        _ => "it".to_owned(),
    };
    is_built_in.then(|| {
        Finding::of(
            step,
            TAKES_BUILT_IN,
            format!("would be {how}, and {server} itself works with {what}"),
            "say nothing of it, or what it shall be",
        )
    })
}

/// People come as others, and what they had stays behind (seen on Keystone 30).
fn changes_identities(plan: &Plan, estranged: &Estranged) -> Finding {
    let Estranged { address, how, people, credentials } = estranged;
    let of_it = |step: &&Step| step.address == *address;
    Finding {
        code: CHANGES_IDENTITIES,
        address: address.clone(),
        source: plan.steps().iter().find(of_it).and_then(|step| step.source.clone()),
        message: format!(
            "would give people another identity in Keystone: {how}; people who have been there: {people}, their \
             application credentials: {credentials}"
        ),
        hint: format!(
            "they begin anew, or are refused while their old account stands in the way; old roles and credentials stay \
             in force until they are deleted; if that is meant, say --allow {CHANGES_IDENTITIES}"
        ),
        allowed: false,
    }
}

/// Keystone makes the projects that a login's grants name, if it has none of that name (seen on 28 to 30).
fn leaves_grants(plan: &Plan, named: &Named) -> Finding {
    let Named { object, holders } = named;
    let holders = holders.iter().map(Address::to_string).collect::<Vec<_>>().join(", ");
    let step = plan.steps().iter().find(|step| step.address == *object);
    let old = step.and_then(Step::renamed);
    let is_role = matches!(object, Address::Keystone { kind: KeystoneKind::Role, .. });
    let (message, remedy) = match (is_role, old) {
        (true, None) => (
            format!("would be deleted, and the logins of whoever has a grant with it fail then: {holders}"),
            "give them other roles, or take the grants away, holder by holder",
        ),
        (true, Some(old)) => (
            format!(
                "would be renamed, and the logins of whoever has a grant with `{}` fail then: {holders}",
                old.name()
            ),
            "grant the role by its new name, holder by holder",
        ),
        (false, None) => (
            format!("would be deleted, and made again at the next login of whoever has a grant on it: {holders}"),
            "take the grants away as well: with `authoritative: [grants]` in the document of the project, or holder by holder",
        ),
        (false, Some(old)) => (
            format!(
                "would be renamed, and another project `{}` made at the next login of whoever has a grant by that \
                 name: {holders}",
                old.name()
            ),
            "grant the new one instead and have the old grants go: with `authoritative: [grants]` in the document of the \
             project, or holder by holder",
        ),
    };
    Finding {
        code: LEAVES_GRANTS,
        address: object.clone(),
        source: step.and_then(|step| step.source.clone()),
        message,
        hint: format!("{remedy}; if that is meant, say --allow {LEAVES_GRANTS}"),
        allowed: false,
    }
}

/// Nobody could log in to the console of the realm and put it right.
fn leaves_no_administrator(plan: &Plan, bereft: &Bereft) -> Vec<Finding> {
    let Bereft { realm, role, accounts, steps } = bereft;
    let taking = plan.steps().iter().filter(|step| steps.contains(&step.address));
    let accounts = accounts.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let finding = |step: &Step| {
        let what = match (step.action, turned_off(step).next()) {
            (Action::Delete, _) => "would be taken away".to_owned(),
            (_, Some(word)) => format!("would have {word} turned off"),
            (_, None) => "would change".to_owned(),
        };
        Finding::of(
            step,
            LEAVES_NO_ADMINISTRATOR,
            format!("{what}, and nobody who is enabled has {role} then in {realm}: now it is {accounts}"),
            "make somebody else an administrator of the realm, in the same plan or before",
        )
    };
    taking.map(finding).collect()
}

/// What an unrestricted credential makes has no access rules, and outlives it (seen on Keystone 30).
fn makes_more(step: &Step) -> Option<Finding> {
    let Address::Keystone { kind: KeystoneKind::ApplicationCredential, .. } = &step.address else { return None };
    let unrestricted = |field: &FieldChange| {
        let on = matches!(&field.change, Change::Value { after: Value::Json(Json::Bool(true)), .. });
        on && field.word == "unrestricted"
    };
    step.fields.iter().any(unrestricted).then(|| {
        Finding::of(
            step,
            MAKES_MORE,
            "would be unrestricted: whoever holds it can make more of them, with all roles of its owner, which \
                  stay when it goes",
            format!("leave `unrestricted` out; if that is meant, say --allow {MAKES_MORE}"),
        )
    })
}
