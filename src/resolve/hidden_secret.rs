//! Secrets that a server never shows again: one reference each.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::declared::At;
use crate::spec::hidden_secret::HiddenSecret;

/// The same secret, its references followed from anywhere; complains where it is not one.
pub(super) fn checked(secret: HiddenSecret, directory: &Path, at: &At, diagnostics: &mut Diagnostics) -> HiddenSecret {
    if secret.references().count() != 1 {
        let diagnostic = Diagnostic::error(at.source(), "a secret is in one place");
        diagnostics.push(diagnostic.help("say one of `env`, `file`, `command` and `secretKeyRef`"));
    }
    if secret.version.as_deref() == Some("") {
        let diagnostic = Diagnostic::error(at.field("version").source(), "this says nothing");
        diagnostics.push(diagnostic.help("say another word than before, and the secret is sent again"));
    }
    let file = secret.file.map(|path| directory.join(path));
    let command = secret.command.map(|argv| argv.anchored(directory));
    HiddenSecret { file, command, ..secret }
}
