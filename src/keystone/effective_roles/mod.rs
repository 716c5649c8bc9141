//! The roles that one of Keystone's own users has in a project by whatever way: directly, through groups, inherited from
//! above, implied by others. Read only: assignments make them.

use std::collections::BTreeSet;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids, KeystoneKind};
use crate::model::step::Step;
use crate::model::wanted::{Ensure, Live, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable, ids};

use super::{project, user};

/// The resource `keystone/effective-roles/user/DOMAIN/NAME/project/DOMAIN/NAME`. Its body has the ids and names of the `roles`.
pub struct EffectiveRoles;

impl Resource for EffectiveRoles {
    type Declared = Address;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        Self::bare(declared.clone())
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        for Wanted { address, .. } in &ask.wanted {
            let Some((holder, target)) = parts(address) else { continue };
            let any = |address: &Address| Wanted { ensure: Ensure::Any, ..Wanted::entity(address.clone()) };
            let (of_user, of_project) = (any(&holder), any(&target));
            let mut both = user::User::observe(reader, &Ask { wanted: vec![&of_user], ..Ask::default() }).await?;
            both.merge(project::Project::observe(reader, &Ask { wanted: vec![&of_project], ..Ask::default() }).await?);
            let ids = ids(&both.live);
            let (Some(holder), Some(target)) = (ids.get(&holder), ids.get(&target)) else { continue };
            let route = Route::new(["v3", "role_assignments"])
                .with("user.id", holder)
                .with("scope.project.id", target)
                .with("effective", "true");
            // With names asked for, a reference to what is gone makes the whole list missing (seen on 30).
            let had = super::list::whole(reader, &route, "role_assignments").await?;
            let had: BTreeSet<&str> = had.iter().filter_map(|one| one.pointer("/role/id")?.as_str()).collect();
            let known = super::list::whole(reader, &Route::new(["v3", "roles"]), "roles").await?;
            let is_had = |role: &&Json| role.get("id").and_then(Json::as_str).is_some_and(|id| had.contains(id));
            let shown = |role: &Json| serde_json::json!({"id": role.get("id"), "name": role.get("name")});
            let roles: Vec<Json> = known.iter().filter(is_had).map(shown).collect();
            found.live.insert(address.clone(), Live { id: None, body: serde_json::json!({"roles": roles}) });
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Err(Unsendable(step.address.clone()))
    }
}

/// Whose roles they are, and where.
fn parts(address: &Address) -> Option<(Address, Address)> {
    match address.names().iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["user", home, name, "project", domain, project] => {
            Some((Address::keystone(KeystoneKind::User, [*home, *name]), Address::project(domain, project)))
        }
        _ => None,
    }
}
