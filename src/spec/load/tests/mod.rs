//! The loader as its callers see it: texts in, documents and rendered findings out. Here is what the tests share.

mod documents;
mod files;
mod header;
mod places;
mod secrets;
mod typed;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::{Loaded, parse, read};
use crate::diagnostic::Diagnostics;

const KINDS: [&str; 4] = ["Environment", "Realm", "Access", "ApplicationCredential"];
const HEAD: &str = "apiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {name: pod}\n";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what the fields hold matters to the deserialiser alone")]
struct Spec {
    environment: String,
    realm: String,
    port: Option<u16>,
    login: Option<Login>,
    #[serde(default)]
    clients: Vec<Application>,
    mode: Option<Mode>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what the fields hold matters to the deserialiser alone")]
struct Application {
    client_id: Name,
    name: Option<String>,
    direct_access_grants: Option<bool>,
    redirect_uris: Option<Vec<String>>,
    attributes: Option<BTreeMap<String, String>>,
    token: Option<SecretReference>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what the fields hold matters to the deserialiser alone")]
struct Login {
    username: String,
    password: SecretReference,
    client_secret: Option<SecretReference>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "what the fields hold matters to the deserialiser alone")]
enum SecretReference {
    Env(String),
    File(String),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Manage,
    Verify,
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Name(#[expect(dead_code, reason = "only its validity matters")] String);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() || text.contains(' ') { Err(format!("{text:?} is no client id")) } else { Ok(Self(text)) }
    }
}

fn load(text: &str) -> (Vec<Loaded>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let loaded = read(&[PathBuf::from("-")], text.as_bytes(), &KINDS, &mut diagnostics);
    (loaded, diagnostics)
}

fn loaded(text: &str) -> Loaded {
    let (mut loaded, diagnostics) = load(text);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(false));
    loaded.remove(0)
}

/// Everything that is said about a text whose documents are realms.
fn findings(text: &str) -> String {
    let (loaded, mut diagnostics) = load(text);
    for document in &loaded {
        let before = diagnostics.len();
        let parsed: Option<Spec> = parse(document, "/spec", &mut diagnostics);
        assert!(before == diagnostics.len() || parsed.is_none(), "a value in spite of problems");
    }
    diagnostics.render(false)
}

/// The same for a spec, which begins in line 5.
fn spec(body: &str) -> String {
    findings(&format!("{HEAD}spec:\n{body}"))
}

/// A spec whose required fields are there.
fn whole(body: &str) -> String {
    spec(&format!("  environment: demo\n  realm: pod\n{body}"))
}
