//! What dies with what a plan deletes, and who loses by it: looked for only where something goes. What an account may not
//! see is said not to be known, and stops nothing.

use std::collections::BTreeSet;

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::keycloak::group::{self, PAGE, Tree};
use crate::keycloak::{client, client_role, role_mapping, user};
use crate::model::Json;
use crate::model::address::{Address, KeycloakKind};
use crate::model::step::{Action, Step};
use crate::resource::{Warning, counted};

/// What to do about all of it.
const LOOK: &str = "look whether anybody needs any of it";

/// What is told of all that `steps`, in one realm, delete.
///
/// # Errors
/// [`Failure`] of any request, but for those that this account may not send.
pub(super) async fn warnings(reader: &Reader, realm: &str, steps: &[&Step]) -> Result<Vec<Warning>, Failure> {
    let doomed: Vec<&Step> = steps.iter().copied().filter(|step| step.action == Action::Delete).collect();
    if let Some(step) = doomed.iter().find(|step| step.address == Address::realm(realm)) {
        return Ok(told(step, told_of_realm(reader, realm).await)?.into_iter().collect());
    }
    let mut warnings = Vec::new();
    for step in &doomed {
        let message = match &step.address {
            Address::Keycloak { kind: KeycloakKind::Group, names, .. } => {
                told(step, told_of_group(reader, realm, names, &doomed).await)?
            }
            Address::Keycloak { kind: KeycloakKind::RealmRole | KeycloakKind::ClientRole, .. }
                if !super::is_built_in(&step.address) =>
            {
                told(step, told_of_role(reader, realm, &step.address).await)?
            }
            _ => None,
        };
        warnings.extend(message);
    }
    Ok(warnings)
}

/// The warning; nothing where there is nothing to be told.
fn told(step: &Step, message: Result<Option<String>, Failure>) -> Result<Option<Warning>, Failure> {
    let warning = |message: String, hint: String| Warning {
        address: step.address.clone(),
        source: step.source.clone(),
        message,
        hint: Some(hint),
    };
    match message {
        Ok(message) => Ok(message.map(|message| warning(message, LOOK.to_owned()))),
        Err(failure) if failure.kind == Kind::Forbidden => {
            let hint = failure.hint.clone().unwrap_or_else(|| LOOK.to_owned());
            Ok(Some(warning("what goes with it is not told to this account".to_owned(), hint)))
        }
        Err(failure) => Err(failure),
    }
}

async fn told_of_realm(reader: &Reader, realm: &str) -> Result<Option<String>, Failure> {
    let users = super::route(realm, ["users", "count"]);
    user::require_sight(reader, realm, &users).await?;
    let users = number(reader, &users, Json::as_u64).await?;
    let groups = super::route(realm, ["groups", "count"]);
    let groups = number(reader, &groups, |answer| answer.get("count")?.as_u64()).await?;
    let clients =
        objects(reader, &client::clients(realm), reader.get(&client::clients(realm)).await?.as_ref().clone())?;
    // Every realm has some, and nobody is told of them who may only ask.
    if clients.is_empty() {
        return Err(
            reader.hidden(&client::clients(realm), "the tool's account needs the role `view-clients` of the realm")
        );
    }
    let names = clients.iter().filter_map(|client| client.get("clientId")?.as_str());
    let clients = names.filter(|name| !client_role::is_client_built_in(name)).map(str::to_owned).collect();
    let number = |count: u64, word: &str| (count > 0).then(|| format!("{count} {word}{}", plural(count)));
    let parts = [number(users, "user"), number(groups, "group"), counted("client", &clients)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Ok((!parts.is_empty()).then(|| format!("takes with it what is in it now: {}", parts.join("; "))))
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

async fn number(reader: &Reader, route: &Route, read: impl Fn(&Json) -> Option<u64>) -> Result<u64, Failure> {
    let answer = reader.get(route).await?;
    read(&answer).ok_or_else(|| reader.unreadable(route, "the answer is not a number"))
}

async fn told_of_group(
    reader: &Reader,
    realm: &str,
    names: &[String],
    doomed: &[&Step],
) -> Result<Option<String>, Failure> {
    let tree = group::tree(reader, realm).await?;
    let Some(id) = tree.get(names).and_then(|group| group.get("id")?.as_str()) else { return Ok(None) };
    let goes_itself = |path: &[String]| {
        doomed.iter().any(
            |step| matches!(&step.address, Address::Keycloak { kind: KeycloakKind::Group, names, .. } if names == path),
        )
    };
    let inner = tree.keys().filter(|path| path.len() > names.len() && path.starts_with(names));
    let inner = inner.filter(|path| !goes_itself(path)).map(|path| path[names.len()..].join("/")).collect();
    let members = people(reader, &group::first_members(realm, id)).await?;
    let groups = counted("sub-group", &inner).map(|groups| format!("takes with it {groups}"));
    let members = members.told("member").map(|members| format!("takes from {members} what they have through it"));
    let parts: Vec<String> = [groups, members].into_iter().flatten().collect();
    Ok((!parts.is_empty()).then(|| parts.join("; ")))
}

async fn told_of_role(reader: &Reader, realm: &str, role: &Address) -> Result<Option<String>, Failure> {
    let is_of_client = matches!(role, Address::Keycloak { kind: KeycloakKind::ClientRole, .. });
    let client = is_of_client.then(|| client_role::client_of(role));
    let ids = role_mapping::ids_of(reader, client.iter().collect()).await?;
    let Ok(users) = role_mapping::users_of(role, client.as_ref(), &ids) else { return Ok(None) };
    let users = people(reader, &role_mapping::first_page(users)).await?;
    let tree: Tree = group::tree(reader, realm).await?;
    let has = |(_, body): &(&Vec<String>, &Json)| role_mapping::shows(body, role, client.as_ref());
    let groups = tree.iter().filter(has).map(|(path, _)| format!("/{}", path.join("/"))).collect();
    let parts: Vec<String> = [users.told("user"), counted("group", &groups)].into_iter().flatten().collect();
    Ok((!parts.is_empty()).then(|| format!("is taken from all who have it now: {}", parts.join("; "))))
}

/// The users of the first page of a list.
struct People {
    names: BTreeSet<String>,
    are_more: bool,
}

impl People {
    fn told(&self, word: &str) -> Option<String> {
        let Self { names, are_more } = self;
        if *are_more { Some(format!("{PAGE} {word}s or more")) } else { counted(word, names) }
    }
}

async fn people(reader: &Reader, page: &Route) -> Result<People, Failure> {
    let list = objects(reader, page, reader.get(page).await?.as_ref().clone())?;
    let are_more = list.len() >= PAGE;
    let names = list.iter().filter_map(|user| user.get("username")?.as_str()).map(str::to_owned);
    Ok(People { names: names.collect(), are_more })
}
