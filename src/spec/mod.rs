//! What the operator wrote: the kinds of documents, word by word. Nothing is resolved, merged or looked up here.
//!
//! The words are the guides' words, not the servers' JSON. Absent fields are `None` (not ours); a value list is an
//! `Option<Vec<…>>` (`[]` empties it), a collection a plain `Vec<…>` (`[]` changes nothing).
//!
//! The same types are the resources of a cluster, by kube's derives; those want `Serialize`, but no spec is written here.

pub mod access;
pub mod application_credential;
pub mod client;
pub mod client_scope;
pub mod client_secret;
pub mod delivery;
pub mod duration;
pub mod environment;
pub mod grant;
pub mod hidden_secret;
pub mod load;
pub mod local;
pub mod realm;
pub mod realm_identity_provider;
pub mod realm_settings;
pub mod role;
pub mod rules;
pub mod short;

mod cluster;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::model::declared::At;
use crate::model::source::Origin;
use crate::model::wanted;
use access::Access;
use application_credential::ApplicationCredential;
use environment::Environment;
use load::Loaded;
use realm::Realm;

/// The kinds of documents.
pub const KINDS: [&str; 4] = ["Environment", "Realm", "Access", "ApplicationCredential"];

// What `x-becomes` of a field says, where it becomes nothing that a backend could tell: see `schema::reference`.

/// Of what no server gets.
pub(crate) const OWN: &str = "nothing: it is the tool's own";

/// Of what refers to a document.
pub(crate) const REFERENCE: &str = "nothing: it refers to a document";

/// Of what says whether there is an object.
pub(crate) const THERE: &str = "whether there is such an object";

/// Of what says what an object was called.
pub(crate) const RENAMED: &str = "which object is meant, where the server still calls it that";

/// Of what says which object is meant.
pub(crate) const NAMED: &str = "it says which object is meant";

/// Whether an object shall be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-becomes" = THERE))]
pub enum Ensure {
    /// It shall be there, and is created when missing.
    #[default]
    Present,
    /// It must be there already: a typo must not make an account.
    Existing,
    /// It shall not be there, and is deleted.
    Absent,
}

/// Whether there shall be something that is made here alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-becomes" = THERE))]
pub enum Presence {
    /// There shall be one.
    #[default]
    Present,
    /// There shall be none.
    Absent,
}

/// What is done about a section of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-becomes" = OWN))]
pub enum Mode {
    /// The servers are made to show what it says.
    #[default]
    Manage,
    /// It is compared with what the servers show, and differences are told; nothing of it is written.
    Verify,
    /// It is not looked at.
    Ignore,
}

impl From<Ensure> for wanted::Ensure {
    fn from(ensure: Ensure) -> Self {
        match ensure {
            Ensure::Present => Self::Present,
            Ensure::Existing => Self::Existing,
            Ensure::Absent => Self::Absent,
        }
    }
}

/// What Keystone does with a project, a domain or a role.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// Whether it is protected from being changed or deleted. What says `true` here and changes is unlocked, changed
    /// and locked again.
    pub immutable: Option<bool>,
}

/// One document of a known kind.
pub struct Document<T> {
    /// Its `metadata.name`.
    pub name: String,
    /// Its `spec`.
    pub spec: T,
    /// Where its fields are written.
    pub origin: Origin,
    /// The directory of its file, which paths in it are relative to.
    pub directory: PathBuf,
}

impl<T> Document<T> {
    /// The place of its `spec`.
    #[must_use]
    pub fn at(&self) -> At {
        At::new(&self.origin, "/spec")
    }

    /// The place of its name.
    #[must_use]
    pub fn named_at(&self) -> At {
        At::new(&self.origin, "/metadata/name")
    }
}

/// All documents of a spec, by kind.
#[derive(Default)]
pub struct Documents {
    /// Clouds.
    pub environments: Vec<Document<Environment>>,
    /// Realms.
    pub realms: Vec<Document<Realm>>,
    /// Tenants' documents.
    pub accesses: Vec<Document<Access>>,
    /// Applications' documents.
    pub application_credentials: Vec<Document<ApplicationCredential>>,
    /// Kind and name of every document, broken ones too: what refers to one of those is not wrong. Nothing when some
    /// could not even be read: then nobody knows.
    pub known: Option<Vec<(String, String)>>,
}

impl Documents {
    /// The documents in their types; what does not fit is added to `diagnostics`.
    #[must_use]
    pub fn parse(loaded: Vec<Loaded>, diagnostics: &mut Diagnostics) -> Self {
        let names = loaded.iter().map(|loaded| (loaded.kind.clone(), loaded.name.clone()));
        let known = (!diagnostics.has_errors()).then(|| names.collect());
        let mut documents = Self { known, ..Self::default() };
        for loaded in loaded {
            match loaded.kind.as_str() {
                "Environment" => documents.environments.extend(document(loaded, diagnostics)),
                "Realm" => documents.realms.extend(document(loaded, diagnostics)),
                "Access" => documents.accesses.extend(document(loaded, diagnostics)),
                _ => documents.application_credentials.extend(document(loaded, diagnostics)),
            }
        }
        documents
    }
}

fn document<T: DeserializeOwned>(loaded: Loaded, diagnostics: &mut Diagnostics) -> Option<Document<T>> {
    let spec = load::parse(&loaded, "/spec", diagnostics)?;
    let Loaded { name, origin, directory, .. } = loaded;
    Some(Document { name, spec, origin, directory })
}
