//! A user of Keystone's own: of a service, or of an administrator who must get in without Keycloak.
//!
//! People who come through an identity provider are users, too, and lists do not tell them apart: only the document of
//! one user shows `federated` (seen on 30). Such a person is never taken for a user that is declared; one that is only
//! given a role may be a person.

pub(crate) mod options;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::Step;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Live, Want, Wanted};
use crate::resolve::local::Account;
use crate::resource::{Ask, Found, Problem, Request, Resource, Unsendable};
use crate::spec::local;

/// The resource `keystone/user/DOMAIN/NAME`.
pub struct User;

const COLLECTION: &str = "users";

impl Resource for User {
    type Declared = Declared<Account>;

    fn bare(address: Address) -> Wanted {
        Wanted { requires: vec![super::domain_of(&address)], ..Wanted::entity(address) }
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let Account { user, default_project } = value;
        let local::LocalUser {
            name,
            ensure,
            renamed_from: _,
            domain: _,
            description,
            email,
            enabled,
            initial_password,
            default_project: _,
            options,
        } = user;
        let key = |key| Path::new([key]);
        let same = Spelling::Same;
        let fields = Fields::at(at)
            .identity("name", key("name"), Value::Json(name.as_str().into()))
            .identity("domain", key("domain_id"), Value::Id(super::domain_of(address)))
            .is("description", key("description"), same, description.as_deref())
            .is("email", key("email"), same, email.as_deref())
            .is("enabled", key("enabled"), same, *enabled)
            .push("initialPassword", key("password"), same, initial_password.clone().map(Want::Secret))
            .push(
                "defaultProject",
                key("default_project_id"),
                same,
                default_project.clone().map(|project| Want::Is(Value::Id(project))),
            );
        let fields = match options {
            Some(options) => options::declare(fields, options),
            None => fields,
        };
        let bare = Self::bare(address.clone());
        Wanted {
            fields: fields.into_vec(),
            ensure: (*ensure).into(),
            requires: bare.requires.iter().chain(default_project).cloned().collect(),
            source: Some(at.source()),
            ..bare
        }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        let asked = ask.wanted.iter().map(|wanted| &wanted.address);
        let mut listed = super::list::by_name(reader, COLLECTION, asked).await?;
        for wanted in &ask.wanted {
            let mut federated = Vec::new();
            for listed in listed.remove(&wanted.address).into_iter().flatten() {
                let Some(body) = whole(reader, &listed).await? else { continue };
                let id = body.get("id").and_then(Json::as_str).map(str::to_owned);
                let live = Live { id, body: Self::normalise(body) };
                if links(&live).is_empty() {
                    found.live.insert(wanted.address.clone(), live);
                } else {
                    federated.push(live);
                }
            }
            if found.live.contains_key(&wanted.address) {
                continue;
            }
            match federated.as_slice() {
                [person] if is_referred_to(wanted) => {
                    found.live.insert(wanted.address.clone(), person.clone());
                }
                [_, ..] if wanted.ensure != Ensure::Absent => found.problems.push(foreign(wanted, federated.len())),
                _ => {}
            }
        }
        Ok(found)
    }

    fn normalise(body: Json) -> Json {
        options::normalise(body)
    }

    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable> {
        super::write(step, ids, COLLECTION, "user")
    }
}

/// The document of a user that a list shows; nothing if it has gone meanwhile.
async fn whole(reader: &Reader, listed: &Json) -> Result<Option<Json>, Failure> {
    by_id(reader, listed.get("id").and_then(Json::as_str).unwrap_or_default()).await
}

/// The document of the user with this id; nothing if there is none.
///
/// # Errors
/// [`Failure`] of the request.
pub(super) async fn by_id(reader: &Reader, id: &str) -> Result<Option<Json>, Failure> {
    let route = Route::new(["v3", COLLECTION, id]);
    match reader.get(&route).await {
        Ok(answer) => {
            let user = answer.get("user").filter(|user| user.is_object()).cloned();
            user.map(Some).ok_or_else(|| reader.unreadable(&route, "the answer holds no user"))
        }
        Err(failure) if failure.says_missing() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Whether the user is not declared, but has something or is given it: then it may be anybody.
fn is_referred_to(wanted: &Wanted) -> bool {
    matches!(wanted.ensure, Ensure::Required | Ensure::Any)
}

/// The identity providers and protocols through which a person comes; none for a user of Keystone's own.
pub(super) fn links(live: &Live) -> Vec<(&str, &str)> {
    let providers = live.body.get("federated").and_then(Json::as_array);
    providers
        .into_iter()
        .flatten()
        .flat_map(|link| {
            let provider = link.get("idp_id").and_then(Json::as_str).unwrap_or_default();
            let protocols = link.get("protocols").and_then(Json::as_array).into_iter().flatten();
            protocols.map(move |of| (provider, of.get("protocol_id").and_then(Json::as_str).unwrap_or_default()))
        })
        .collect()
}

/// What is meant is a user of Keystone's own, or one person, and the name is that of `people` who come through an
/// identity provider.
fn foreign(wanted: &Wanted, people: usize) -> Problem {
    let (message, hint) = if is_referred_to(wanted) {
        (
            format!(
                "is the name of {people} people who come through identity providers, and it cannot be told who is meant"
            ),
            "give roles as `grants`, which are carried by the token",
        )
    } else {
        (
            "is the name of a person who comes through an identity provider".to_owned(),
            "give that person's roles as `grants`, which are carried by the token; another name is a local user's",
        )
    };
    let (address, source) = (wanted.address.clone(), wanted.source.clone());
    Problem { address, source, message, hint: Some(hint.to_owned()) }
}
