//! Links, and what else is named after other things: addresses made of those of what they link, and what they tell of it.

use super::{Address, KeycloakKind, KeystoneKind};

/// What a role assignment links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// Who has the role: a user or a group of Keystone's own.
    pub holder: Address,
    /// The project or the domain that it is a role on; nothing for the whole system.
    pub target: Option<Address>,
    /// Whether it is a role in what is below the target, and none there.
    pub inherited: bool,
    /// The role.
    pub role: Address,
}

impl Address {
    /// The link by which `holder`, a user, a group or a service account of a realm, has a role of it or of one of its
    /// clients. Nothing for other things.
    #[must_use]
    pub fn role_mapping(role: &Self, holder: &Self) -> Option<Self> {
        let Self::Keycloak { realm, kind, names } = holder else { return None };
        let word = match kind {
            KeycloakKind::User => "user",
            KeycloakKind::Group => "group",
            KeycloakKind::ServiceAccount => "service-account",
            _ => return None,
        };
        let names = role_words(role)?.into_iter().chain([word]).chain(names.iter().map(String::as_str));
        Some(Self::keycloak(realm, KeycloakKind::RoleMapping, names))
    }

    /// The link by which one role contains another. Nothing for other things.
    #[must_use]
    pub fn composite(whole: &Self, part: &Self) -> Option<Self> {
        let Self::Keycloak { realm, .. } = whole else { return None };
        let names = role_words(whole)?.into_iter().chain(role_words(part)?);
        Some(Self::keycloak(realm, KeycloakKind::Composite, names))
    }

    /// The link by which a user is in a group. Nothing for other things.
    #[must_use]
    pub fn membership(group: &Self, user: &Self) -> Option<Self> {
        match (group, user) {
            (
                Self::Keycloak { realm, kind: KeycloakKind::Group, names },
                Self::Keycloak { kind: KeycloakKind::User, .. },
            ) => {
                let names = names.iter().map(String::as_str).chain([user.name()]);
                Some(Self::keycloak(realm, KeycloakKind::Membership, names))
            }
            _ => None,
        }
    }

    /// The group of a membership, and the user. Nothing for other things.
    #[must_use]
    pub fn member(&self) -> Option<(Self, Self)> {
        let Self::Keycloak { realm, kind: KeycloakKind::Membership, names } = self else { return None };
        let (user, path) = names.split_last()?;
        let group = Self::keycloak(realm, KeycloakKind::Group, path.iter().map(String::as_str));
        Some((group, Self::keycloak(realm, KeycloakKind::User, [user.as_str()])))
    }

    /// The roles of a user of Keystone's own in a project; nothing of anybody else.
    #[must_use]
    pub fn effective_roles(holder: &Self, project: &Self) -> Option<Self> {
        let (Self::Keystone { kind: KeystoneKind::User, names: holder }, project) = (holder, project.names()) else {
            return None;
        };
        let names = ["user"].into_iter().chain(holder.iter().map(String::as_str));
        let target = ["project"].into_iter().chain(project.iter().map(String::as_str));
        Some(Self::keystone(KeystoneKind::EffectiveRoles, names.chain(target)))
    }

    /// The application credential of this owner and name; nothing of who cannot own any.
    #[must_use]
    pub fn application_credential(owner: &Self, name: &str) -> Option<Self> {
        let word = match owner {
            Self::Keystone { kind: KeystoneKind::User, .. } => "user",
            Self::Keystone { kind: KeystoneKind::FederatedUser, .. } => "federated-user",
            _ => return None,
        };
        let names = [word].into_iter().chain(owner.names().iter().map(String::as_str)).chain([name]);
        Some(Self::keystone(KeystoneKind::ApplicationCredential, names))
    }

    /// Whose application credential this is. Nothing for other things.
    #[must_use]
    pub fn credential_owner(&self) -> Option<Self> {
        let Self::Keystone { kind: KeystoneKind::ApplicationCredential, names } = self else { return None };
        match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["user", domain, name, _] => Some(Self::keystone(KeystoneKind::User, [*domain, *name])),
            ["federated-user", provider, protocol, name, _] => {
                Some(Self::keystone(KeystoneKind::FederatedUser, [*provider, *protocol, *name]))
            }
            _ => None,
        }
    }

    /// The implying role, and the one that it implies. Nothing for other things.
    #[must_use]
    pub fn implied_roles(&self) -> Option<(Self, Self)> {
        let Self::Keystone { kind: KeystoneKind::ImpliedRole, names } = self else { return None };
        match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [prior, implied] => Some((Self::role(prior), Self::role(implied))),
            [domain, prior, implied] => Some((Self::role_of(Some(domain), prior), Self::role(implied))),
            [domain, prior, other, implied] => {
                Some((Self::role_of(Some(domain), prior), Self::role_of(Some(other), implied)))
            }
            _ => None,
        }
    }

    /// Who has the role of a role mapping or a role assignment: a user, a group or a service account. Nothing for other
    /// things.
    #[must_use]
    pub fn role_holder(&self) -> Option<Self> {
        if let Self::Keystone { kind: KeystoneKind::RoleAssignment, names } = self {
            return match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["user", domain, name, ..] => Some(Self::keystone(KeystoneKind::User, [*domain, *name])),
                ["group", domain, name, ..] => Some(Self::keystone(KeystoneKind::Group, [*domain, *name])),
                _ => None,
            };
        }
        let Self::Keycloak { realm, kind: KeycloakKind::RoleMapping, names } = self else { return None };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (["realm", _, sort, holder @ ..] | ["client", _, _, sort, holder @ ..]) = names.as_slice() else {
            return None;
        };
        let kind = match *sort {
            "user" => KeycloakKind::User,
            "group" => KeycloakKind::Group,
            "service-account" => KeycloakKind::ServiceAccount,
            _ => return None,
        };
        (!holder.is_empty()).then(|| Self::keycloak(realm, kind, holder.iter().copied()))
    }

    /// What a role assignment links. Nothing for other things.
    #[must_use]
    pub fn assigned(&self) -> Option<Assigned> {
        let Self::Keystone { kind: KeystoneKind::RoleAssignment, names } = self else { return None };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let [holder, home, name, rest @ ..] = names.as_slice() else { return None };
        let holder = match *holder {
            "user" => Self::keystone(KeystoneKind::User, [*home, *name]),
            "group" => Self::keystone(KeystoneKind::Group, [*home, *name]),
            _ => return None,
        };
        let (inherited, rest) = match rest {
            ["inherited", rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (target, role) = match rest {
            ["project", domain, name, role @ ..] => (Some(Self::project(domain, name)), role),
            ["domain", name, role @ ..] => (Some(Self::domain(name)), role),
            ["system", role @ ..] if !inherited => (None, role),
            _ => return None,
        };
        let role = match role {
            [name] => Self::role(name),
            [domain, name] => Self::role_of(Some(domain), name),
            _ => return None,
        };
        Some(Assigned { holder, target, inherited, role })
    }

    /// The user in a group of Keystone's own whose membership this is. Nothing for other things.
    #[must_use]
    pub fn local_member(&self) -> Option<Self> {
        match (self, self.names()) {
            (Self::Keystone { kind: KeystoneKind::Membership, .. }, [_, _, domain, name]) => {
                Some(Self::keystone(KeystoneKind::User, [domain.as_str(), name]))
            }
            _ => None,
        }
    }

    /// The role of a role mapping: of its realm, or of a client. Nothing for other things.
    #[must_use]
    pub fn mapped_role(&self) -> Option<Self> {
        let Self::Keycloak { realm, kind: KeycloakKind::RoleMapping, names } = self else { return None };
        role_and_rest(realm, names).map(|(role, _)| role)
    }

    /// The containing role of a composite, and the one that it contains. Nothing for other things.
    #[must_use]
    pub fn composite_roles(&self) -> Option<(Self, Self)> {
        let Self::Keycloak { realm, kind: KeycloakKind::Composite, names } = self else { return None };
        let (whole, rest) = role_and_rest(realm, names)?;
        let (part, rest) = role_and_rest(realm, rest)?;
        rest.is_empty().then_some((whole, part))
    }

    /// The role of a scope mapping, and the client or client scope by which tokens may carry it. Nothing for other things.
    #[must_use]
    pub fn scoped_role(&self) -> Option<(Self, Self)> {
        let Self::Keycloak { realm, kind: KeycloakKind::ScopeMapping, names } = self else { return None };
        let (role, rest) = role_and_rest(realm, names)?;
        Some((role, scope(realm, rest)?))
    }

    /// Where a protocol mapper is: in a client, or in a client scope. Nothing for other things.
    #[must_use]
    pub fn mapped_in(&self) -> Option<Self> {
        match self {
            Self::Keycloak { realm, kind: KeycloakKind::ProtocolMapper, names } => match names.as_slice() {
                [client, _] => Some(Self::keycloak(realm, KeycloakKind::Client, [client.as_str()])),
                [around @ .., _] => scope(realm, around),
                [] => None,
            },
            _ => None,
        }
    }
}

/// How links name a role of a realm or of a client.
fn role_words(role: &Address) -> Option<Vec<&str>> {
    let word = match role {
        Address::Keycloak { kind: KeycloakKind::RealmRole, .. } => "realm",
        Address::Keycloak { kind: KeycloakKind::ClientRole, .. } => "client",
        _ => return None,
    };
    Some([word].into_iter().chain(role.names().iter().map(String::as_str)).collect())
}

/// The role that `names` begin with, of the realm or of a client, and what comes after it.
pub(super) fn role_and_rest<'a>(realm: &str, names: &'a [String]) -> Option<(Address, &'a [String])> {
    match names {
        [sort, role, rest @ ..] if sort == "realm" => {
            Some((Address::keycloak(realm, KeycloakKind::RealmRole, [role.as_str()]), rest))
        }
        [sort, client, role, rest @ ..] if sort == "client" => {
            Some((Address::keycloak(realm, KeycloakKind::ClientRole, [client.as_str(), role]), rest))
        }
        _ => None,
    }
}

/// What `names` call with the word for what it is before it: a client or a client scope.
pub(super) fn scope(realm: &str, names: &[String]) -> Option<Address> {
    let [sort, name] = names else { return None };
    let kind = match sort.as_str() {
        "client" => KeycloakKind::Client,
        "client-scope" => KeycloakKind::ClientScope,
        _ => return None,
    };
    Some(Address::keycloak(realm, kind, [name.as_str()]))
}
