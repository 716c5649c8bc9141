//! A realm, as far as other servers know it: by its issuer, which is read from its discovery document and never
//! composed. It is only looked for here.

use std::convert::Infallible;

use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, Request, Resource, Unsendable};

/// The resource `keycloak/REALM/realm`.
pub struct Realm;

impl Resource for Realm {
    type Declared = Infallible;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        match *declared {}
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        for Wanted { address, .. } in &ask.wanted {
            let route = Route::new(["realms", super::realm(address), ".well-known", "openid-configuration"]);
            let document = match reader.get(&route).await {
                Ok(document) => document,
                Err(failure) if failure.kind == Kind::Missing => continue,
                Err(failure) => return Err(failure),
            };
            let issuer = document.get("issuer").and_then(Json::as_str);
            let issuer = issuer.ok_or_else(|| reader.unreadable(&route, "the answer is no discovery document"))?;
            let live = Live { id: Some(issuer.to_owned()), body: Json::Object(serde_json::Map::new()) };
            found.live.insert(address.clone(), live);
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Err(Unsendable(step.address.clone()))
    }
}
