//! A generation of an application credential, as its name and its description tell of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::digest::SHA256;

use crate::model::Json;
use crate::model::address::Address;
use crate::model::wanted::Live;
use crate::resolve::application_credential::Credential;

/// What a description says of its generation begins so.
const MARK: &str = "[opcp-provision ";

/// How many bytes of the digest are written: it tells changes apart, and keeps nobody out.
const BYTES: usize = 8;

/// One generation of an application credential.
pub(super) struct Generation {
    pub(super) number: u32,
    pub(super) address: Address,
    pub(super) id: Option<String>,
    /// When it was made.
    pub(super) issued: Timestamp,
    /// When it ends, if it does.
    pub(super) expires: Option<Timestamp>,
    /// The id of the project that it works in.
    pub(super) project: Option<String>,
    /// What it was made from.
    pub(super) digest: String,
}

/// The generations of what is declared at `address` that were made here, oldest first.
pub(super) fn of(address: &Address, live: &BTreeMap<Address, Live>) -> Vec<Generation> {
    let generation = |(number, address, live): (u32, &Address, &Live)| {
        let text = |key: &str| live.body.get(key).and_then(Json::as_str);
        let (issued, digest) = told(text("description")?, number)?;
        let expires = text("expires_at").and_then(|end| format!("{}Z", end.trim_end_matches('Z')).parse().ok());
        let project = text("project_id").map(str::to_owned);
        Some(Generation { number, address: address.clone(), id: live.id.clone(), issued, expires, project, digest })
    };
    let mut generations: Vec<Generation> = named(address, live).filter_map(generation).collect();
    generations.sort_by_key(|generation| generation.number);
    generations
}

/// The highest number that is taken, by whomever; 0 where there is none.
pub(super) fn highest(address: &Address, live: &BTreeMap<Address, Live>) -> u32 {
    named(address, live).map(|(number, ..)| number).max().unwrap_or_default()
}

/// Whatever has the name of a generation of what is declared at `address`.
fn named<'a>(
    address: &'a Address,
    live: &'a BTreeMap<Address, Live>,
) -> impl Iterator<Item = (u32, &'a Address, &'a Live)> {
    live.iter().filter_map(move |(other, live)| Some((number(address, other)?, other, live)))
}

/// The number of the generation at `address` of what is declared at `declared`; nothing of anything else.
pub(super) fn number(declared: &Address, address: &Address) -> Option<u32> {
    let owner = declared.credential_owner().filter(|owner| address.credential_owner().as_ref() == Some(owner));
    let written = owner.and_then(|_| address.name().strip_prefix(declared.name())?.strip_prefix("-g"))?;
    written.parse().ok().filter(|number: &u32| number.to_string() == written)
}

/// The address of a generation of what is declared at `declared`.
pub(super) fn address(declared: &Address, number: u32) -> Address {
    let name = format!("{}-g{number}", declared.name());
    let of_owner = declared.credential_owner().and_then(|owner| Address::application_credential(&owner, &name));
    of_owner.unwrap_or_else(|| declared.clone())
}

/// The description of a generation: what people are told, and what it was made from, and when.
pub(super) fn description(text: Option<&str>, number: u32, issued: Timestamp, digest: &str) -> String {
    let text = text.map(|text| format!("{text} ")).unwrap_or_default();
    format!("{text}{MARK}g{number} {} {digest}]", written(issued))
}

/// When a generation was made and what from, as its description tells; nothing of one that was not made here.
fn told(description: &str, number: u32) -> Option<(Timestamp, String)> {
    let (_, told) = description.rsplit_once(MARK)?;
    let mut words = told.strip_suffix(']')?.split(' ');
    let (name, issued, digest) = (words.next()?, words.next()?, words.next()?);
    let whole = words.next().is_none() && name == format!("g{number}");
    Some((issued.parse().ok()?, digest.to_owned())).filter(|_| whole)
}

/// A moment in UTC, to the second: `2027-01-31T00:00:00Z`.
pub(super) fn written(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What tells whether a generation is what is asked for: a digest of all that Keystone cannot change but the project,
/// which Keystone shows, and which may get another name.
pub(super) fn digest(credential: &Credential) -> String {
    let Credential {
        ensure: _,
        owner: _,
        project: _,
        roles,
        description,
        expires_in,
        expires_at,
        unrestricted,
        access_rules,
        renew_before: _,
        overlap: _,
        sinks: _,
        requires: _,
    } = credential;
    let sorted = |roles: &Vec<String>| {
        let mut roles = roles.clone();
        roles.sort();
        roles
    };
    let rules = access_rules.as_ref().map(|rules| {
        let mut rules = rules.clone();
        rules.sort();
        rules
    });
    let asked = serde_json::json!({
        "roles": roles.as_ref().map(sorted),
        "description": description,
        "expiresIn": expires_in.map(|lives| lives.as_secs()),
        "expiresAt": expires_at,
        "unrestricted": unrestricted.unwrap_or(false),
        "accessRules": rules,
    });
    let digest = ring::digest::digest(&SHA256, asked.to_string().as_bytes());
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..BYTES])
}
