//! The arrows: load → resolve → observe → diff → plan → execute → report. Read this file first.
//!
//! Each arrow is one function of one stage; nothing is decided here. The front-ends share all of it.

use std::time::{Duration, Instant};

use crate::diagnostic::Diagnostics;
use crate::execute::{Execution, Outcome};
use crate::http::failure::Failure;
use crate::keycloak::{client, protocol_mapper, user, user_profile};
use crate::keystone::{domain, identity_provider, mapping, project, protocol, role, role_assignment, user as local};
use crate::model::step::Step;
use crate::model::wanted::Wanted;
use crate::observe::{Servers, estranged, observe, own, with_requirements};
use crate::plan::guard::{self, Finding, Policy};
use crate::plan::{Plan, plan};
use crate::resolve::merge::merge;
use crate::resolve::{Resolved, resolve};
use crate::resource::{Problem, Resource, Warning};
use crate::spec::Documents;
use crate::spec::load::Loaded;

/// A plan that is older than this is compared with a new one before it is carried out.
const FRESH: Duration = Duration::from_secs(30);

/// A spec that makes sense.
pub struct Spec {
    /// What its documents mean.
    pub resolved: Resolved,
    /// What is asked of each object, and of what they require.
    pub wanted: Vec<Wanted>,
    /// The number of its documents.
    pub documents: usize,
    /// The number of objects that they declare.
    pub objects: usize,
}

/// A plan, and what speaks against it.
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// What is dangerous about it.
    pub findings: Vec<Finding>,
    /// What the operator should know about it.
    pub warnings: Vec<Warning>,
    made: Instant,
}

/// Why there is no plan.
#[derive(Debug)]
pub enum Trouble {
    /// The servers could not be seen.
    Failures(Vec<Failure>),
    /// What is asked for is not possible.
    Problems(Vec<Problem>),
    /// The plan is stale: something has changed since it was made.
    Stale,
}

/// Raw documents to what is wanted; without any network. What is wrong is added to `diagnostics`.
#[must_use]
pub fn understand(loaded: Vec<Loaded>, environment: Option<&str>, diagnostics: &mut Diagnostics) -> Option<Spec> {
    let documents = loaded.len();
    let resolved = resolve(Documents::parse(loaded, diagnostics), environment, diagnostics)?;
    let wanted = merge(statements(&resolved), diagnostics);
    let objects = wanted.len();
    Some(Spec { resolved, wanted: with_requirements(wanted), documents, objects })
}

/// What each declaration asks for, resource by resource.
fn statements(resolved: &Resolved) -> Vec<Wanted> {
    fn of<R: Resource>(declared: &[R::Declared]) -> impl Iterator<Item = Wanted> {
        declared.iter().map(R::wanted)
    }
    let Resolved {
        environment: _,
        realms: _,
        domains,
        roles,
        mappings,
        projects,
        identity_providers,
        protocols,
        local_users,
        role_assignments,
        user_profiles,
        clients,
        protocol_mappers,
        users,
    } = resolved;
    of::<domain::Domain>(domains)
        .chain(of::<role::Role>(roles))
        .chain(of::<mapping::Mapping>(mappings))
        .chain(of::<project::Project>(projects))
        .chain(of::<identity_provider::IdentityProvider>(identity_providers))
        .chain(of::<protocol::Protocol>(protocols))
        .chain(of::<local::User>(local_users))
        .chain(of::<role_assignment::RoleAssignment>(role_assignments))
        .chain(of::<user_profile::UserProfile>(user_profiles))
        .chain(of::<client::Client>(clients))
        .chain(of::<protocol_mapper::ProtocolMapper>(protocol_mappers))
        .chain(of::<user::User>(users))
        .collect()
}

/// One observation, what would have to happen, and what speaks against it by `policy`.
///
/// # Errors
/// [`Trouble`] when the servers cannot be seen whole, or what is asked for is not possible.
pub async fn look(wanted: &[Wanted], servers: &Servers, policy: &Policy) -> Result<Planned, Trouble> {
    let made = Instant::now();
    let mut found = observe(wanted, servers).await.map_err(Trouble::Failures)?;
    let warnings = std::mem::take(&mut found.warnings);
    let plan = plan(wanted, found).map_err(Trouble::Problems)?;
    let estranged = match policy.allows(guard::CHANGES_IDENTITIES) {
        true => Vec::new(),
        false => estranged(&plan, servers).await.map_err(Trouble::Failures)?,
    };
    let policy = policy.clone().with_own(own(servers).await.map_err(Trouble::Failures)?);
    let findings = guard::check(&plan, &estranged, &policy);
    Ok(Planned { plan, findings, warnings, made })
}

/// Carries out what was planned and confirmed.
///
/// # Errors
/// [`Trouble`] when the plan is no longer fresh and another look finds something else; nothing is written then.
pub async fn make_so(
    planned: &Planned,
    wanted: &[Wanted],
    execution: &Execution<'_>,
    policy: &Policy,
    on_done: impl Fn(&Step, bool),
) -> Result<Outcome, Trouble> {
    if planned.made.elapsed() > FRESH {
        let again = look(wanted, execution.servers, policy).await?;
        if again.plan != planned.plan {
            return Err(Trouble::Stale);
        }
    }
    Ok(execution.run(&planned.plan, wanted, on_done).await)
}
