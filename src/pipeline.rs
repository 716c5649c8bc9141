//! The arrows: load → resolve → observe → diff → plan → execute → report. Read this file first.
//!
//! Each arrow is one function of one stage; nothing is decided here. The front-ends share all of it.

use std::time::{Duration, Instant};

use crate::backend::{whatever_is_at, with_requirements};
use crate::diagnostic::Diagnostics;
use crate::execute::{Execution, Outcome, Progress};
use crate::http::failure::Failure;
use crate::keycloak::{
    assigned_scope, client, client_role, client_scope, composite, default_group, group, identity_provider as directory,
    identity_provider_mapper, membership, people_of_directories, protocol_mapper, realm, realm_role, role_mapping,
    scope_mapping, user, user_profile,
};
use crate::keystone::{
    domain, group as local_group, identity_provider, implied_role, mapping, membership as local_membership, project,
    protocol, role, role_assignment, user as local,
};
use crate::model::address::{Address, Ids};
use crate::model::declared::Declared;
use crate::model::source::Source;
use crate::model::wanted::{Want, Wanted};
use crate::observe::{Consequences, Looked, Seen, Servers, consequences, observe_renamed, own};
use crate::plan::guard::{self, Finding, Policy};
use crate::plan::renaming::{looks_renamed, strangers};
use crate::plan::{Plan, plan};
use crate::resolve::merge::merge;
use crate::resolve::modes::Modes;
use crate::resolve::{Resolved, resolve};
use crate::resource::{Problem, Resource, Warning, ids};
use crate::rotation::register::Entry;
use crate::rotation::{self, Occasion};
use crate::secret::{SecretError, Secrets};
use crate::spec::Documents;
use crate::spec::load::Loaded;

/// A plan that has waited for longer than this is compared with a new one before it is carried out.
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
    /// The ids of everything that has been found.
    pub ids: Ids,
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
    let mut wanted = merge(statements(&resolved), diagnostics);
    let objects = wanted.len();
    add_sweeps(&mut wanted, &resolved);
    Some(Spec { resolved, wanted: with_requirements(wanted), documents, objects })
}

impl Spec {
    /// The application credentials and the secrets of clients whose declarations, at such addresses, are `meant`; and
    /// nothing else of the spec.
    #[must_use]
    pub fn of_secrets(mut self, meant: impl Fn(&Address) -> bool) -> Self {
        self.resolved.application_credentials.retain(|declared| meant(&declared.address));
        self.resolved.client_secrets.retain(|declared| meant(&declared.address));
        self.wanted = with_requirements(rotation::looked_for(&self.resolved).collect());
        self
    }

    /// The same, and whatever is at this address.
    #[must_use]
    pub fn and_whatever_is_at(mut self, address: &Address) -> Self {
        self.wanted.extend(with_requirements(vec![whatever_is_at(address)]));
        self
    }
}

/// Whether the spec says itself what a client's secret is.
#[must_use]
pub fn is_given(spec: &Spec, secret: &Address) -> bool {
    let of_it = spec.resolved.client_secrets.iter().find(|declared| declared.address == *secret);
    of_it.is_some_and(|declared| rotation::given(&declared.value.client, &spec.wanted).is_some())
}

/// What each declaration asks for, resource by resource, as the section that it is in has it.
fn statements(resolved: &Resolved) -> Vec<Wanted> {
    fn of<R: Resource<Declared = Declared<T>>, T>(
        declared: &[Declared<T>],
        modes: &Modes,
    ) -> impl Iterator<Item = Wanted> {
        declared.iter().filter_map(|declared| modes.apply(R::wanted(declared), &declared.at))
    }
    let Resolved {
        environment: _,
        realms: _,
        modes,
        sweeps: _,
        link_sweeps: _,
        renames: _,
        domains,
        roles,
        implied_roles,
        mappings,
        projects,
        identity_providers,
        protocols,
        local_groups,
        local_users,
        local_memberships,
        role_assignments,
        keycloak_realms,
        user_profiles,
        client_scopes,
        clients,
        protocol_mappers,
        assigned_scopes,
        scope_mappings,
        realm_identity_providers,
        identity_provider_mappers,
        groups,
        users,
        memberships,
        default_groups,
        realm_roles,
        client_roles,
        composites,
        role_mappings,
        application_credentials: _,
        client_secrets: _,
    } = resolved;
    of::<domain::Domain, _>(domains, modes)
        .chain(of::<role::Role, _>(roles, modes))
        .chain(of::<implied_role::ImpliedRole, _>(implied_roles, modes))
        .chain(of::<mapping::Mapping, _>(mappings, modes))
        .chain(of::<project::Project, _>(projects, modes))
        .chain(of::<identity_provider::IdentityProvider, _>(identity_providers, modes))
        .chain(of::<protocol::Protocol, _>(protocols, modes))
        .chain(of::<local_group::Group, _>(local_groups, modes))
        .chain(of::<local::User, _>(local_users, modes))
        .chain(of::<local_membership::Membership, _>(local_memberships, modes))
        .chain(of::<role_assignment::RoleAssignment, _>(role_assignments, modes))
        .chain(of::<realm::Realm, _>(keycloak_realms, modes))
        .chain(of::<user_profile::UserProfile, _>(user_profiles, modes))
        .chain(of::<client_scope::ClientScope, _>(client_scopes, modes))
        .chain(of::<client::Client, _>(clients, modes))
        .chain(of::<protocol_mapper::ProtocolMapper, _>(protocol_mappers, modes))
        .chain(of::<assigned_scope::AssignedScope, _>(assigned_scopes, modes))
        .chain(of::<scope_mapping::ScopeMapping, _>(scope_mappings, modes))
        .chain(of::<directory::IdentityProvider, _>(realm_identity_providers, modes))
        .chain(of::<identity_provider_mapper::IdentityProviderMapper, _>(identity_provider_mappers, modes))
        .chain(of::<group::Group, _>(groups, modes))
        .chain(of::<user::User, _>(users, modes))
        .chain(of::<membership::Membership, _>(memberships, modes))
        .chain(of::<default_group::DefaultGroup, _>(default_groups, modes))
        .chain(of::<realm_role::RealmRole, _>(realm_roles, modes))
        .chain(of::<client_role::ClientRole, _>(client_roles, modes))
        .chain(of::<composite::Composite, _>(composites, modes))
        .chain(of::<role_mapping::RoleMapping, _>(role_mappings, modes))
        .chain(rotation::looked_for(resolved))
        .collect()
}

/// Adds what is swept to what it is about.
fn add_sweeps(wanted: &mut Vec<Wanted>, resolved: &Resolved) {
    for Declared { address, at: _, value } in &resolved.sweeps {
        if let Some(wanted) = wanted.iter_mut().find(|wanted| wanted.address == *address) {
            wanted.sweeps.push(value.clone());
        } else {
            wanted.push(Wanted { sweeps: vec![value.clone()], ..whatever_is_at(address) });
        }
    }
    for Declared { address, at: _, value } in &resolved.link_sweeps {
        if let Some(wanted) = wanted.iter_mut().find(|wanted| wanted.address == *address) {
            wanted.link_sweeps.push(value.clone());
        } else {
            wanted.push(Wanted { link_sweeps: vec![value.clone()], ..whatever_is_at(address) });
        }
    }
}

/// Reads the secrets that are compared with what the servers show; gives those that cannot be read, with their places.
#[must_use]
pub fn reveal(wanted: &mut [Wanted], secrets: &Secrets) -> Vec<(Option<Source>, SecretError)> {
    let mut unread = Vec::new();
    for field in wanted.iter_mut().flat_map(|wanted| &mut wanted.fields) {
        if let Want::Known { reference, value } = &mut field.want {
            match secrets.read(reference) {
                Ok(secret) => *value = Some(secret),
                Err(error) => unread.push((field.source.clone(), error)),
            }
        }
    }
    unread
}

/// One observation, what would have to happen, and what speaks against it by `policy`.
///
/// # Errors
/// [`Trouble`] when the servers cannot be seen whole, or what is asked for is not possible.
pub async fn look(spec: &Spec, servers: &Servers, policy: &Policy, occasion: &Occasion) -> Result<Planned, Trouble> {
    let observation = servers.begin();
    let Resolved { application_credentials, client_secrets, renames, .. } = &spec.resolved;
    let looked = observe_renamed(&spec.wanted, renames, &observation).await;
    let Looked { wanted, mut found, names } = looked.map_err(Trouble::Failures)?;
    found.merge(rotation::settle(application_credentials, client_secrets, &wanted, &found, occasion));
    let mut warnings = std::mem::take(&mut found.warnings);
    let ids = ids(&found.live);
    let people = people_of_directories(&found.live);
    let plan = plan(&wanted, found).map_err(Trouble::Problems)?;
    warnings.extend(looks_renamed(plan.steps()));
    warnings.extend(strangers(&spec.resolved, plan.steps()));
    let seen = Seen {
        resolved: &spec.resolved,
        ids: &ids,
        names: &names,
        people_of_directories: &people,
        own: &policy.own,
        may_estrange: policy.allows(guard::CHANGES_IDENTITIES),
        may_leave_grants: policy.allows(guard::LEAVES_GRANTS),
    };
    let comes = consequences(plan.steps(), &seen, &observation).await.map_err(Trouble::Failures)?;
    let Consequences { problems, warnings: told, estranged, named, bereft, ended } = comes;
    if !problems.is_empty() {
        return Err(Trouble::Problems(problems));
    }
    warnings.extend(told);
    let policy = policy.clone().with_own(own(servers).await.map_err(Trouble::Failures)?).with_ended(ended);
    let findings = guard::check(&plan, &estranged, &named, &bereft, &policy);
    // A look that takes long is not repeated for that: the next one would take as long.
    Ok(Planned { plan, findings, ids, warnings, made: Instant::now() })
}

/// Every generation of the application credentials that the spec declares.
///
/// # Errors
/// [`Trouble`] when the servers cannot be seen whole.
pub async fn register(spec: &Spec, servers: &Servers, occasion: &Occasion) -> Result<Vec<Entry>, Trouble> {
    let looked = observe_renamed(&spec.wanted, &spec.resolved.renames, &servers.begin()).await;
    let Looked { found, .. } = looked.map_err(Trouble::Failures)?;
    Ok(rotation::register::register(&spec.resolved.application_credentials, &found, occasion))
}

/// Looks once more where what was planned is no longer fresh. Like every look it can be dropped at any moment.
///
/// # Errors
/// [`Trouble`] when the look fails, or finds something else.
pub async fn still(
    planned: &Planned,
    spec: &Spec,
    servers: &Servers,
    policy: &Policy,
    occasion: &Occasion,
) -> Result<(), Trouble> {
    if planned.made.elapsed() <= FRESH {
        return Ok(());
    }
    let again = look(spec, servers, policy, occasion).await?;
    if again.plan.does_as(&planned.plan) { Ok(()) } else { Err(Trouble::Stale) }
}

/// Carries out what was planned, confirmed and is [`still`] so; what happens to each step is told to `tell`.
pub async fn make_so(
    planned: &Planned,
    wanted: &[Wanted],
    execution: &Execution<'_>,
    tell: impl Fn(Progress<'_>),
) -> Outcome {
    execution.run(&planned.plan, wanted, tell).await
}
