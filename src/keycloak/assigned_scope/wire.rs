//! How Keycloak spells who has which client scope: two lists of each client, and two of the realm. A PUT of a scope that is
//! in the other list does nothing at all and says that it was done (204); at the realm it is refused (409). A DELETE takes
//! the scope away whichever of the two lists it names. A client's own document shows both lists, by name (seen on 26.7).

use super::Types;
use crate::http::route::Route;
use crate::keycloak::{client, realm};
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::change::Change;
use crate::model::step::{Action, Step};
use crate::model::value::Value;
use crate::resource::{Body, Request, Unsendable, id};
use crate::spec::client_scope::ClientType;

/// Which list a scope is in, as it is shown here.
pub(super) const TYPE: &str = "type";

pub(super) const TYPES: [ClientType; 2] = [ClientType::Default, ClientType::Optional];

/// The word for a list.
pub(super) fn word(assigned: ClientType) -> &'static str {
    match assigned {
        ClientType::Default => "default",
        ClientType::Optional => "optional",
    }
}

fn of_word(word: &str) -> Option<ClientType> {
    TYPES.into_iter().find(|assigned| self::word(*assigned) == word)
}

/// The list that new clients of a realm get.
pub(super) fn of_new_clients(realm: &str, assigned: ClientType) -> Route {
    let list = match assigned {
        ClientType::Default => "default-default-client-scopes",
        ClientType::Optional => "default-optional-client-scopes",
    };
    crate::keycloak::route(realm, [list])
}

/// What a client has, by its document.
pub(super) fn of_client(body: &Json) -> Types {
    let mut types = Types::new();
    for assigned in TYPES {
        let list = match assigned {
            ClientType::Default => "defaultClientScopes",
            ClientType::Optional => "optionalClientScopes",
        };
        let names = body.get(list).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        types.extend(names.map(|name| (name.to_owned(), assigned)));
    }
    types
}

/// What is asked of the type, or was there before: nothing where the scope is in no list.
pub(super) fn of_json(word: Option<&Json>) -> Option<ClientType> {
    word.and_then(Json::as_str).and_then(of_word)
}

pub(super) fn write(step: &Step, ends: &(Option<Address>, Address), ids: &Ids) -> Result<Request, Unsendable> {
    let (client, scope) = ends;
    let list = |assigned| {
        let list = match (client, assigned) {
            (None, assigned) => of_new_clients(realm(scope), assigned),
            (Some(client), assigned) => {
                let list = match assigned {
                    ClientType::Default => "default-client-scopes",
                    ClientType::Optional => "optional-client-scopes",
                };
                client::clients(realm(client)).child(id(ids, client)?).child(list)
            }
        };
        Ok(list.child(id(ids, scope)?))
    };
    let types = step.fields.iter().find_map(|field| match &field.change {
        Change::Value { before, after: Value::Json(after) } => Some((of_json(before.as_ref()), of_json(Some(after)))),
        _ => None,
    });
    Ok(match (step.action, types) {
        (Action::Create | Action::Update, Some((_, Some(after)))) => Request::put(list(after)?, Body::Empty),
        (_, Some((Some(before), None))) => Request::delete(list(before)?),
        _ => Request::delete(list(ClientType::Default)?),
    })
}
