//! For whom plans and what becomes of them are printed.

use clap::ValueEnum;

/// For whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs; its form is described by the JSON schemas of the project
    Json,
}
