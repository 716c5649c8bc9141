//! `schema`: what a spec may say, for editors, clusters and people.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::terminal::Terminal;
use crate::schema::json::Draft;
use crate::schema::{crd, json, reference};
use crate::spec::KINDS;

/// Print the schema of the spec language, for editors, clusters and people
///
/// An editor with the YAML language server checks and completes a spec that has the path of a file with the schema in
/// its first line:
///
/// # yaml-language-server: $schema=PATH
#[derive(Args)]
pub(super) struct Schema {
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::JsonSchema)]
    format: Format,

    /// The kind of documents that is meant; all if absent
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(KINDS))]
    kind: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// JSON Schema, version 2020-12
    JsonSchema,
    /// JSON Schema, draft-07: the version that every editor reads
    #[value(name = "draft-07")]
    Draft07,
    /// `CustomResourceDefinitions` of Kubernetes
    Crds,
    /// A page that tells of every field, in Markdown
    Reference,
}

impl Schema {
    pub(super) fn run(&self, terminal: &Terminal) -> Exit {
        let kinds: Vec<&str> =
            KINDS.into_iter().filter(|kind| self.kind.as_ref().is_none_or(|one| one == kind)).collect();
        terminal.data(&match self.format {
            Format::JsonSchema => json::text(&json::schema(Draft::Newest, &kinds)),
            Format::Draft07 => json::text(&json::schema(Draft::Seven, &kinds)),
            Format::Crds => crd::text(&kinds),
            Format::Reference => reference::page(&kinds),
        });
        Exit::Done
    }
}
