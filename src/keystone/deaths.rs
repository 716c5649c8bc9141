//! What dies with what a plan deletes, and what loses its worth: looked for only where something goes. What dies with a
//! domain is told by that.

use std::collections::BTreeSet;

use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::keystone::list;
use crate::model::Json;
use crate::model::address::{Address, KeystoneKind};
use crate::model::step::{Action, Step};
use crate::resource::{Warning, counted};

const CREDENTIALS: &str = "application_credentials";
const ASSIGNMENTS: &str = "role_assignments";

/// What is told of all that `steps` delete.
///
/// # Errors
/// [`Failure`] of any request, but for those that this account may not send.
pub(super) async fn warnings(reader: &Reader, steps: &[Step]) -> Result<Vec<Warning>, Failure> {
    let doomed = || steps.iter().filter(|step| step.action == Action::Delete);
    let is_user = |step: &&Step| matches!(step.address, Address::Keystone { kind: KeystoneKind::User, .. });
    let are_many = doomed().filter(is_user).count() > list::FEW;
    let mut warnings = Vec::new();
    for step in doomed() {
        let (Address::Keystone { kind, .. }, Some(id)) = (&step.address, step.id.as_deref()) else { continue };
        let parts = match kind {
            KeystoneKind::User => of_user(reader, id, are_many).await,
            KeystoneKind::Group => of_group(reader, id).await,
            KeystoneKind::Role => of_role(reader, id).await,
            KeystoneKind::Project => of_project(reader, id).await,
            _ => continue,
        };
        let parts = match parts {
            Err(failure) if failure.kind == Kind::Forbidden => {
                vec!["what goes with it is not told to this account".to_owned()]
            }
            parts => parts?,
        };
        warnings.extend(
            (!parts.is_empty()).then(|| warning(step, parts.join("; "), "look whether anybody needs any of it")),
        );
    }
    Ok(warnings)
}

/// What is left in Keystone of people whose accounts in Keycloak go: each step with who they are there.
///
/// # Errors
/// [`Failure`] of any request, but for those that this account may not send.
pub(super) async fn left_behind(reader: &Reader, people: &[(&Step, Address)]) -> Result<Vec<Warning>, Failure> {
    let are_many = people.len() > list::FEW;
    let mut warnings = Vec::new();
    for (step, person) in people {
        let found = if are_many { among_all(reader, person).await } else { by_name(reader, person).await };
        let found = match found {
            Ok(found) => found,
            Err(failure) if failure.kind == Kind::Forbidden => {
                let message = "what it has in Keystone stays there, and is not told to this account".to_owned();
                warnings.push(warning(step, message, "let an administrator of Keystone look"));
                continue;
            }
            Err(failure) => return Err(failure),
        };
        for id in found {
            let credentials = match credentials(reader, &id, are_many, |_| true).await {
                Some(known) => {
                    counted("application credential", &known?).map(|known| format!(", and {known} in force"))
                }
                None => Some(", and its application credentials, which are not shown".to_owned()),
            };
            let message =
                format!("leaves user {id} with its roles behind in Keystone{}", credentials.unwrap_or_default());
            let hint = format!(
                "end them before it goes: `credentials revoke --user {}`; and disable the user there",
                person.name()
            );
            warnings.push(warning(step, message, &hint));
        }
    }
    Ok(warnings)
}

/// The ids of who comes through an identity provider by this name.
async fn by_name(reader: &Reader, person: &Address) -> Result<Vec<String>, Failure> {
    let found = super::federated_user::people(reader, person).await?;
    Ok(found.iter().filter_map(|person| person.get("id")?.as_str()).map(str::to_owned).collect())
}

/// The same, looked for among all who come through it: the list is read once, whoever is looked for.
async fn among_all(reader: &Reader, person: &Address) -> Result<Vec<String>, Failure> {
    let [provider, protocol, name] = person.names() else { return Ok(Vec::new()) };
    let route = Route::new(["v3", "users"]).with("idp_id", provider).with("protocol_id", protocol);
    let mut found = Vec::new();
    list::filtered(reader, &route, "users", |user| {
        let text = |key| user.get(key).and_then(Json::as_str);
        found.extend(text("id").filter(|_| text("name") == Some(name)).map(str::to_owned));
    })
    .await?;
    Ok(found)
}

fn warning(step: &Step, message: String, hint: &str) -> Warning {
    let (address, source) = (step.address.clone(), step.source.clone());
    Warning { address, source, message, hint: Some(hint.to_owned()) }
}

async fn of_user(reader: &Reader, id: &str, are_many: bool) -> Result<Vec<String>, Failure> {
    Ok(match credentials(reader, id, are_many, |_| true).await {
        Some(known) => counted("application credential", &known?).map(|known| format!("takes with it {known}")),
        None => Some("takes with it its application credentials, which are not shown".to_owned()),
    }
    .into_iter()
    .collect())
}

async fn of_group(reader: &Reader, id: &str) -> Result<Vec<String>, Failure> {
    let members = list::perhaps_none(reader, &Route::new(["v3", "groups", id, "users"]), "users").await?;
    let names = members.iter().filter_map(|user| user.get("name")?.as_str()).map(str::to_owned).collect();
    let members = counted("member", &names).map(|members| format!("takes from {members} what they have through it"));
    Ok(members.into_iter().collect())
}

/// Credentials that its holders have for the project where they have it go, whatever they contain (seen on 30).
async fn of_role(reader: &Reader, id: &str) -> Result<Vec<String>, Failure> {
    let holders = Holders::of(reader, "role.id", id).await?;
    let credentials = holders.credentials(reader, |_, place| Some(place.to_owned())).await?;
    let taken = holders.told().map(|holders| format!("is taken from {holders}"));
    Ok(taken.into_iter().chain(credentials.map(|known| format!("takes with it {known}"))).collect())
}

/// Credentials for a project that is gone are still listed, and nobody gets in with them (seen on 30).
async fn of_project(reader: &Reader, id: &str) -> Result<Vec<String>, Failure> {
    let holders = Holders::of(reader, "scope.project.id", id).await?;
    let credentials = holders.credentials(reader, |_, _| Some(id.to_owned())).await?;
    let taken = holders.told().map(|holders| format!("takes their roles in it from {holders}"));
    Ok(taken.into_iter().chain(credentials.map(|known| format!("makes worthless {known}"))).collect())
}

/// Who has something by role assignments.
struct Holders {
    users: BTreeSet<String>,
    groups: BTreeSet<String>,
    /// Who has it in which project: a user's id and the project's.
    places: BTreeSet<(String, String)>,
}

impl Holders {
    async fn of(reader: &Reader, filter: &str, id: &str) -> Result<Self, Failure> {
        let route = Route::new(["v3", ASSIGNMENTS]).with(filter, id);
        let mut this = Self { users: BTreeSet::new(), groups: BTreeSet::new(), places: BTreeSet::new() };
        for entry in list::perhaps_none(reader, &route, ASSIGNMENTS).await? {
            let text = |pointer: &str| entry.pointer(pointer).and_then(Json::as_str).map(str::to_owned);
            if let Some(user) = text("/user/id") {
                this.places.extend(text("/scope/project/id").map(|project| (user.clone(), project)));
                this.users.insert(user);
            }
            this.groups.extend(text("/group/id"));
        }
        Ok(this)
    }

    fn told(&self) -> Option<String> {
        let number = |ids: &BTreeSet<String>, word: &str| {
            let plural = if ids.len() == 1 { "" } else { "s" };
            (!ids.is_empty()).then(|| format!("{} {word}{plural}", ids.len()))
        };
        let parts: Vec<String> =
            [number(&self.users, "user"), number(&self.groups, "group")].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    /// The application credentials that users have for a project where they have it; of many users nobody is asked.
    async fn credentials(
        &self,
        reader: &Reader,
        project: impl Fn(&str, &str) -> Option<String>,
    ) -> Result<Option<String>, Failure> {
        if self.users.len() > list::FEW {
            return Ok(Some("their application credentials, which are not shown".to_owned()));
        }
        let (mut names, mut hidden) = (BTreeSet::new(), false);
        for user in &self.users {
            let of_user = self.places.iter().filter(|(holder, _)| holder == user);
            let projects: BTreeSet<String> = of_user.filter_map(|(user, place)| project(user, place)).collect();
            match credentials(reader, user, false, |credential| {
                credential.get("project_id").and_then(Json::as_str).is_some_and(|id| projects.contains(id))
            })
            .await
            {
                Some(known) => names.extend(known?),
                None => hidden = true,
            }
        }
        let hidden = hidden.then(|| "their application credentials, which are not shown".to_owned());
        Ok(counted("application credential", &names).or(hidden))
    }
}

/// The names of the application credentials of a user that are `meant`. Nothing where so many go that none is asked about, or
/// where the server fails: a list with one whose role has gone cannot be shown (seen on 30).
async fn credentials(
    reader: &Reader,
    user: &str,
    are_many: bool,
    meant: impl Fn(&Json) -> bool,
) -> Option<Result<BTreeSet<String>, Failure>> {
    if are_many {
        return None;
    }
    let listed = list::perhaps_none(reader, &Route::new(["v3", "users", user, CREDENTIALS]), CREDENTIALS).await;
    let name = |credential: &Json| credential.get("name").and_then(Json::as_str).map(str::to_owned);
    match listed {
        Ok(listed) => Some(Ok(listed.iter().filter(|one| meant(one)).filter_map(name).collect())),
        // Of one who is gone an assignment may be left.
        Err(failure) if failure.says_missing() => Some(Ok(BTreeSet::new())),
        Err(failure) if failure.kind == Kind::Unwell => None,
        Err(failure) => Some(Err(failure)),
    }
}
