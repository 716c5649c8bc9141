//! `validate`: the spec, without any network.

use clap::Args;

use super::Common;
use super::exit::Exit;
use super::session::understand;
use super::terminal::Terminal;
use crate::diagnostic::Diagnostics;
use crate::pipeline::Spec;

/// Check a spec: syntax, words, references; without any network
#[derive(Args)]
pub(super) struct Validate {}

impl Validate {
    pub(super) fn run(common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let Spec { documents, objects, resolved, .. } = understand(common, terminal)?;
        if let Some(warning) = resolved.is_open_to_all() {
            let mut diagnostics = Diagnostics::new();
            diagnostics.push(warning);
            terminal.diagnose(diagnostics);
        }
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        terminal.data(&format!(
            "Success! The spec is valid: {documents} document{}, {objects} object{}.\n",
            plural(documents),
            plural(objects)
        ));
        Ok(Exit::Done)
    }
}
