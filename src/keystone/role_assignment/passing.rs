//! Roles that do not last: at each login a mapping of version 3.0 takes away every direct role in a project that the
//! person's token does not grant (seen on 30); on a domain it leaves them. One in what is below a project it takes for a
//! direct one, which it does not find: that ends every login, unless the token grants the same role there.

use super::is_domain;
use crate::http::Reader;
use crate::http::failure::Failure;
use crate::keystone::{federation, list, mapping, user};
use crate::model::Json;
use crate::model::address::Assigned;
use crate::model::wanted::Ensure;
use crate::resource::{Ask, Found, Warning};

/// What is asked for people whose next login takes it away. Their mappings are read only if there are such people.
pub(super) async fn warnings(reader: &Reader, ask: &Ask<'_>, linked: &Found) -> Result<Vec<Warning>, Failure> {
    let mut warnings = Vec::new();
    for wanted in ask.wanted.iter().filter(|wanted| wanted.ensure == Ensure::Present) {
        let on_a_project = |link: &Assigned| link.target.as_ref().is_some_and(|target| !is_domain(target));
        let Some(link) = wanted.address.assigned().filter(on_a_project) else { continue };
        let Some(live) = linked.live.get(&link.holder) else { continue };
        for (provider, protocol) in user::links(live) {
            if let Some(mapping) = sweeping(reader, provider, protocol).await? {
                let what = if link.inherited {
                    "each login fails (404) unless the token grants the same role on this very project"
                } else {
                    "the next login takes this role away unless the token grants it"
                };
                let hint = if link.inherited {
                    "give it to a group of Keystone's own, and put the person into that; or give the role as `grants`"
                } else {
                    "give it as one of the person's `grants`, which are carried by the token"
                };
                warnings.push(Warning {
                    address: wanted.address.clone(),
                    source: wanted.source.clone(),
                    message: format!(
                        "{} comes through {provider}, and {what} (mapping `{mapping}`)",
                        link.holder.name()
                    ),
                    hint: Some(hint.to_owned()),
                });
            }
        }
    }
    Ok(warnings)
}

/// The mapping of a protocol, if it takes away what a token does not say.
async fn sweeping(reader: &Reader, provider: &str, protocol: &str) -> Result<Option<String>, Failure> {
    let text = |of: &Json, key: &str| of.get(key).and_then(Json::as_str).map(str::to_owned);
    let route = federation("identity_providers", provider).child("protocols");
    let protocols = list::whole(reader, &route, "protocols").await?;
    let of_it = protocols.iter().find(|known| text(known, "id").as_deref() == Some(protocol));
    let Some(id) = of_it.and_then(|of| text(of, "mapping_id")) else { return Ok(None) };
    let mappings = mapping::all(reader).await?;
    let sweeps = |mapping: &&Json| {
        text(mapping, "id").as_ref() == Some(&id) && text(mapping, mapping::VERSION).as_deref() == Some("3.0")
    };
    Ok(mappings.iter().find(sweeps).map(|_| id))
}
