//! A user: a person's account, its attributes, one of which holds the grants. Attributes that are not declared are not
//! touched; which groups a user is in is a resource of its own.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use crate::http::Reader;
use crate::http::collection::{self, Collection};
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::keycloak::{sweep, user_profile};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Live, Mode, Want, Wanted};
use crate::resolve::grants::Grants;
use crate::resolve::user::Person;
use crate::resource::{Ask, Found, Problem, Request, Resource, Unsendable};
use crate::spec::{self, access};

/// The resource `keycloak/REALM/user/USERNAME`.
pub struct User;

impl Resource for User {
    type Declared = Declared<Person>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let Person { user, grants, grant_attribute, requires } = value;
        let access::User {
            username: _,
            ensure,
            renamed_from: _,
            email,
            email_verified,
            first_name,
            last_name,
            enabled,
            initial_password,
            required_actions,
            attributes,
            groups: _,
            authoritative,
            realm_roles: _,
            client_roles: _,
            grants: _,
        } = user;
        let key = |key| Path::new([key]);
        let same = Spelling::Same;
        let fields = Fields::at(at)
            .identity("username", key("username"), Value::Json(address.name().into()))
            .is("email", key("email"), same, email.as_ref().map(|email| email.to_lowercase()))
            .is("emailVerified", key("emailVerified"), same, *email_verified)
            .is("firstName", key("firstName"), same, first_name.as_deref())
            .is("lastName", key("lastName"), same, last_name.as_deref());
        let fields = match enabled {
            Some(enabled) => fields.is("enabled", key("enabled"), same, Some(*enabled)),
            None => fields.once("enabled", key("enabled"), true),
        };
        let password = initial_password.clone().map(Want::Secret);
        let fields = fields
            .push("initialPassword", key("credentials"), Spelling::Password, password)
            .values("requiredActions", key("requiredActions"), required_actions.as_ref())
            .value_lists("attributes", &key("attributes"), attributes.as_ref())
            .push("grants", Path::new(["attributes", grant_attribute]), same, grants.as_ref().map(Grants::want));
        let requires = requires.iter().cloned().chain(grants.iter().flat_map(Grants::requires)).collect();
        let sweeps = authoritative.iter().filter(|_| *ensure != spec::Ensure::Absent).map(|collection| {
            let kind = match collection {
                access::AuthoritativeUser::Groups => KeycloakKind::Membership,
                access::AuthoritativeUser::Roles => KeycloakKind::RoleMapping,
            };
            sweep::all_of(address, kind, at)
        });
        Wanted {
            fields: fields.into_vec(),
            ensure: (*ensure).into(),
            requires,
            sweeps: sweeps.collect(),
            source: Some(at.source()),
            ..Self::bare(address.clone())
        }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let Some(realm) = ask.realm() else { return Ok(found) };
        let keys: BTreeSet<String> = ask.wanted.iter().map(|wanted| wanted.address.name().to_owned()).collect();
        let (count, sight) = (wire::count(realm), wire::sight(realm));
        let collection = collection(realm, &count, &sight);
        let mut users = if ask.realm_is_missing {
            BTreeMap::new()
        } else if ask.sweeps.is_empty() {
            collection.find(reader, &keys).await?
        } else {
            collection.all(reader, &keys, |user| sweep::concerns(&ask.sweeps, user)).await?
        };
        for wanted in &ask.wanted {
            if let Some(body) = users.remove(wanted.address.name()) {
                let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
                found.live.insert(wanted.address.clone(), Live { id, body });
            } else if wanted.ensure == Ensure::Present && wanted.mode == Mode::Manage {
                found.problems.extend(incomplete(reader, realm, wanted, ask).await?);
            }
        }
        let others = users.into_iter().map(|(username, body)| {
            let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
            (Address::keycloak(realm, KeycloakKind::User, [username.as_str()]), Live { id, body })
        });
        found.live.extend(others);
        Ok(found)
    }

    fn settle(ask: &Ask<'_>, found: &Found) -> Found {
        sweep::holders(ask, found)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        wire::write(step, ids)
    }

    fn refused(step: &Step, kind: Kind) -> Option<String> {
        (kind == Kind::Refused && step.renamed_from.is_some()).then(|| {
            "the realm does not let usernames be changed: say `editUsername: true` in its Realm document".to_owned()
        })
    }

    fn suspect(field: &Path) -> Option<&'static str> {
        let attribute = field.keys().first().is_some_and(|key| key == "attributes");
        attribute.then_some(
            "the realm's user profile does not let administrators write attributes that it does not declare \
             (unmanagedAttributePolicy is disabled, or lets them only look); declare \
             `userProfile: {unmanagedAttributes: adminEdit}` in the Realm document, so that grants are stored",
        )
    }
}

/// All users of a realm, who are counted by `count`; whether all are shown is asked by `sight`.
fn collection<'a>(
    realm: &'a str,
    count: &'a Route,
    sight: &'a Route,
) -> Collection<'a, impl Fn(usize, usize) -> Route, impl Fn(&str) -> Route> {
    Collection {
        count,
        page: move |first, max| wire::page(realm, first, max),
        look_up: move |username: &str| wire::look_up(realm, username),
        key: wire::username,
        unlisted: is_service_account,
        sight,
        right: RIGHT,
    }
}

/// All users of a realm who are `concerned`, by username.
///
/// # Errors
/// [`Failure`] of any request, and when not everybody is shown.
pub(super) async fn everybody(
    reader: &Reader,
    realm: &str,
    concerned: impl Fn(&Json) -> bool,
) -> Result<BTreeMap<String, Json>, Failure> {
    let (count, sight) = (wire::count(realm), wire::sight(realm));
    collection(realm, &count, &sight).all(reader, &BTreeSet::new(), concerned).await
}

/// What keeps a new account from being of use: its person could not log in without what the profile demands
/// ("Account is not fully set up"; seen on 26.0 and 26.7).
async fn incomplete(reader: &Reader, realm: &str, wanted: &Wanted, ask: &Ask<'_>) -> Result<Option<Problem>, Failure> {
    let given = |name: &&str| {
        let is_empty = |want: &Want| matches!(want, Want::Is(Value::Json(Json::String(text))) if text.is_empty());
        wanted.fields.iter().any(|field| field.path == Path::new([*name]) && !is_empty(&field.want))
    };
    let absent: Vec<&str> = ["email", "firstName", "lastName"].into_iter().filter(|name| !given(name)).collect();
    if absent.is_empty() {
        return Ok(None);
    }
    let profile = user_profile::read(reader, realm, ask).await?;
    let demanded: Vec<&str> = absent.into_iter().filter(|name| user_profile::requires(&profile, name)).collect();
    Ok((!demanded.is_empty()).then(|| Problem {
        address: wanted.address.clone(),
        source: wanted.source.clone(),
        message: format!("would be created without {}, and could not log in", demanded.join(", ")),
        hint: Some(
            "give what is missing; if the account should be there already, correct its username, or say \
             `ensure: existing`"
                .to_owned(),
        ),
    }))
}

/// What is missing where users or groups are not shown.
const RIGHT: &str = "the tool's account needs the role `view-users` of the realm";

/// Fails unless all users and groups of the realm are shown to the account; `list` is what has been looked at.
///
/// # Errors
/// [`Failure`] of the request, too.
pub(super) async fn require_sight(reader: &Reader, realm: &str, list: &Route) -> Result<(), Failure> {
    collection::require_sight(reader, &wire::sight(realm), list, RIGHT).await
}

pub(super) use wire::{is_service_account, service_account};

#[cfg(test)]
mod tests;
