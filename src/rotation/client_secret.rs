//! Whether the secret of a client is made anew, and what the places that it is delivered to shall hold.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::delivery::{Load, holds};
use super::{Occasion, later};
use crate::backend::behaviour;
use crate::model::Json;
use crate::model::address::Address;
use crate::model::declared::Declared;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::Value;
use crate::model::wanted::{Field, Live, Want, Wanted};
use crate::resolve::client_secret::ClientSecret;
use crate::resolve::sink::{Login, Sink};
use crate::resource::{Found, Problem};

/// The secret, where it is made anew, and its places.
pub(super) fn settle(
    declared: &Declared<ClientSecret>,
    wanted: &[Wanted],
    live: &BTreeMap<Address, Live>,
    occasion: &Occasion,
) -> Found {
    let Declared { address, at, value: ClientSecret { client, every: _, sinks } } = declared;
    if live.contains_key(client) && !live.contains_key(address) && !turns_on(client, wanted) {
        let problem = Problem {
            address: client.clone(),
            source: Some(at.source()),
            message: "is a public client on the server, and has no secret".to_owned(),
            hint: Some("say `clientAuthentication: true` to give it one, or leave `secret` out".to_owned()),
        };
        return Found { problems: vec![problem], ..Found::default() };
    }
    let renewed = live.get(address).filter(|secret| is_due(declared, secret, occasion)).map(|secret| {
        let hard_cut = secret.body.get("keepsOld") != Some(&Json::Bool(true));
        let field = Field {
            word: "secret".to_owned(),
            path: Path::new(["secret"]),
            spelling: Spelling::Same,
            want: Want::Renewed { hard_cut },
            source: Some(at.source()),
        };
        Wanted { fields: vec![field], source: Some(at.source()), ..(behaviour(address).bare)(address.clone()) }
    });
    let given = given(client, wanted);
    let changes = renewed.is_some() || given.is_some_and(|field| differs(field, live.get(client)));
    let delivery = |sink: &Declared<Sink>| {
        let Login::Client(told) = &sink.value.login else { return None };
        let words = [
            ("identityProvider", &told.identity_provider),
            ("protocol", &told.protocol),
            ("discoveryEndpoint", &told.discovery_endpoint),
        ];
        let load = Load {
            identity: ("clientId", Value::Json(told.id.as_str().into())),
            words: words.map(|(word, value)| (word, value.clone())).to_vec(),
            secret_of: address,
            // The server does not tell when a secret was given to it.
            version: given.is_none().then_some(address),
            requires: vec![client.clone(), address.clone()],
        };
        let holds = !changes && holds(live.get(&sink.address), "clientId", &told.id);
        Some(load.at(sink, holds, occasion))
    };
    let deliveries: Vec<Wanted> = sinks.iter().filter_map(delivery).collect();
    Found { adapted: renewed.into_iter().chain(deliveries).collect(), ..Found::default() }
}

/// Whether the spec makes a client one that has a secret.
fn turns_on(client: &Address, wanted: &[Wanted]) -> bool {
    let fields = wanted.iter().filter(|wanted| wanted.address == *client).flat_map(|wanted| &wanted.fields);
    let is_confidential = |want: &Want| matches!(want, Want::Is(Value::Json(Json::Bool(false))));
    fields.into_iter().any(|field| field.word == "clientAuthentication" && is_confidential(&field.want))
}

/// Whether another one is needed: another one is asked for, or it is as old as it may get; of one that is of unknown age,
/// that is to be expected.
fn is_due(declared: &Declared<ClientSecret>, secret: &Live, occasion: &Occasion) -> bool {
    let made = secret.id.as_ref().and_then(|made| Timestamp::from_second(made.parse().ok()?).ok());
    let is_old = |every| made.is_none_or(|made| later(made, every) <= occasion.now);
    occasion.forced.contains(&declared.address) || declared.value.every.is_some_and(is_old)
}

/// The secret that the spec gives to a client.
#[must_use]
pub fn given<'a>(client: &Address, wanted: &'a [Wanted]) -> Option<&'a Want> {
    let fields = wanted.iter().filter(|wanted| wanted.address == *client).flat_map(|wanted| &wanted.fields);
    fields.map(|field| &field.want).find(|want| matches!(want, Want::Known { .. }))
}

/// Whether a client gets another secret than it has.
fn differs(given: &Want, client: Option<&Live>) -> bool {
    let Want::Known { value: Some(value), .. } = given else { return false };
    let shown = client.and_then(|client| client.body.get("secret").and_then(Json::as_str));
    shown.is_some_and(|shown| shown != value.expose())
}
