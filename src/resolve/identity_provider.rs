//! What a realm's door into Keystone means: an identity provider, and its protocol.

use super::{Resolved, name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::address::{Address, KeystoneKind};
use crate::model::declared::{At, Declared};
use crate::spec::{Ensure, realm as words};

/// A realm's door into Keystone, as declared.
#[derive(Clone)]
pub struct Door {
    /// What is written.
    pub written: words::IdentityProvider,
    /// The realm whose people come through it.
    pub realm: Address,
}

/// Adds the provider and the protocol of these `ids` to `resolved`, unless the document only names them.
pub(super) fn declare(ids: [&str; 2], door: &Door, at: &At, resolved: &mut Resolved, diagnostics: &mut Diagnostics) {
    for (id, word) in ids.iter().zip(["id", "protocol"]) {
        name::check(id, name::FEDERATION, &at.field(word), diagnostics);
    }
    let written = &door.written;
    if written.mapping.is_none() && written.ensure != Ensure::Absent {
        for word in managed(written) {
            let message = format!("`{word}` is of no use without `mapping`: the identity provider is only named");
            let diagnostic = Diagnostic::error(at.field(word).source(), message);
            diagnostics.push(diagnostic.help("say the id of its people's `mapping`, so that both are managed"));
        }
        return;
    }
    check_remote_ids(written, &at.field("remoteIds"), diagnostics);
    let [provider, protocol] = ids;
    let declared = |address| Declared { address, at: at.clone(), value: door.clone() };
    resolved.identity_providers.push(declared(Address::identity_provider(provider)));
    resolved.protocols.push(declared(Address::keystone(KeystoneKind::Protocol, [provider, protocol])));
}

/// The words that say something about a provider that is managed.
fn managed(written: &words::IdentityProvider) -> Vec<&'static str> {
    let words::IdentityProvider {
        id: _,
        protocol: _,
        ensure: _,
        mapping: _,
        domain,
        enabled,
        description,
        authorization_ttl,
        remote_ids,
        remote_id_attribute,
    } = written;
    let said = [
        ("domain", domain.is_some()),
        ("enabled", enabled.is_some()),
        ("description", description.is_some()),
        ("authorizationTtl", authorization_ttl.is_some()),
        ("remoteIds", remote_ids.is_some()),
        ("remoteIdAttribute", remote_id_attribute.is_some()),
    ];
    said.into_iter().filter_map(|(word, said)| said.then_some(word)).collect()
}

fn check_remote_ids(written: &words::IdentityProvider, at: &At, diagnostics: &mut Diagnostics) {
    let Some(ids) = &written.remote_ids else { return };
    if ids.is_empty() {
        let warning = Diagnostic::warning(at.source(), "without remote ids Keystone accepts tokens of every issuer")
            .help("leave `remoteIds` out: the realm's own issuer is meant then");
        diagnostics.push(warning);
    }
    for (index, id) in ids.iter().enumerate() {
        if ids[..index].contains(id) {
            diagnostics.push(Diagnostic::error(at.entry(index).source(), format!("a second `{id}`")));
        }
    }
}
