//! What a place shall hold: who logs in, and the secret where it does not hold that yet.

use super::{Occasion, generation};
use crate::backend::behaviour;
use crate::model::Json;
use crate::model::address::{Address, SinkKind};
use crate::model::declared::Declared;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::Value;
use crate::model::wanted::{Field, Live, Want, Wanted};
use crate::resolve::sink::{How, Restart, Sink};

/// What is delivered.
pub(super) struct Load<'a> {
    /// Who logs in, by the word of plans.
    pub(super) identity: (&'static str, Value),
    /// What else a program is told.
    pub(super) words: Vec<(&'static str, String)>,
    /// Whose secret it is.
    pub(super) secret_of: &'a Address,
    /// What has another id with each secret, if anything has.
    pub(super) version: Option<&'a Address>,
    /// What must be there before it is delivered.
    pub(super) requires: Vec<Address>,
}

/// Whether a place holds what logs in as `id`.
pub(super) fn holds(place: Option<&Live>, identity: &str, id: &str) -> bool {
    place.is_some_and(|Live { body, .. }| {
        body.get(identity).and_then(Json::as_str) == Some(id) && body.get("logsIn") == Some(&Json::Bool(true))
    })
}

impl Load<'_> {
    /// A place with this load; its secret is written unless the place `holds` it.
    pub(super) fn at(&self, sink: &Declared<Sink>, holds: bool, occasion: &Occasion) -> Wanted {
        let Declared { address, at, value: Sink { login: _, region, how, restart } } = sink;
        let field = |word: &str, want: Want| Field {
            word: word.to_owned(),
            path: Path::new([word]),
            spelling: Spelling::Same,
            want,
            source: Some(at.source()),
        };
        let is = |word: &str, value: Json| field(word, Want::Is(Value::Json(value)));
        let (identity, who) = &self.identity;
        let mut fields = vec![field(identity, Want::Is(who.clone()))];
        fields.extend((!holds).then(|| field("secret", Want::Issued(self.secret_of.clone()))));
        fields.push(is("authUrl", occasion.auth_url.as_str().into()));
        fields.extend(self.words.iter().map(|(word, value)| is(word, value.as_str().into())));
        fields.extend(region.as_ref().map(|region| is("region", region.as_str().into())));
        match how {
            How::File { secure_yaml } => {
                fields.extend(occasion.ca_file.as_ref().map(|path| is("caFile", path.as_str().into())));
                if matches!(address, Address::Sink { kind: SinkKind::CloudsYaml, .. }) {
                    fields.push(is("secureYaml", (*secure_yaml).into()));
                }
                fields.push(is("otherLogin", Json::Null));
            }
            // A path of this machine is of no use there.
            How::Secret { labels, annotations, .. } => {
                fields.extend((!labels.is_empty()).then(|| is("labels", serde_json::json!(labels))));
                fields.extend((!annotations.is_empty()).then(|| is("annotations", serde_json::json!(annotations))));
            }
            How::Command { .. } => {}
        }
        fields.push(is("logsIn", true.into()));
        match restart {
            Some(Restart::Command(argv)) if !holds => fields.push(is("restart", argv.program().into())),
            Some(Restart::Workloads(workloads)) => {
                let version = match self.version {
                    Some(version) => Some(Value::Id(version.clone())),
                    None if holds => None,
                    None => Some(Value::Json(generation::written(occasion.now).into())),
                };
                fields.extend(version.into_iter().flat_map(|version| {
                    workloads.iter().map(move |workload| Field {
                        path: Path::new(["restarted", &workload.to_string()]),
                        ..field(&format!("restarted.{workload}"), Want::Is(version.clone()))
                    })
                }));
            }
            Some(Restart::Command(_)) | None => {}
        }
        Wanted {
            fields,
            requires: self.requires.clone(),
            source: Some(at.source()),
            ..(behaviour(address).bare)(address.clone())
        }
    }
}
