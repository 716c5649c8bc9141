//! Which parts of a text may be secrets, judged by the names of keys alone.
//!
//! The spec takes secrets by reference only. Where an operator wrote one nevertheless, or misspelled the key, the
//! error about it must not carry it on. So names are judged generously, and the name of an environment variable or
//! a file is all that is shown below them.

use std::ops::Range;

/// Keys of references to secrets: these are shown.
const VOCABULARY: [&str; 9] = ["env", "file", "command", "secretKeyRef", "generate", "name", "key", "value", "path"];

/// A key whose name says where something secret is kept, and not what it is.
const PLACE: &str = "kubernetesSecret";

/// Keys beside a reference: what is said in them is about the secret, and not the secret.
const ABOUT: [&str; 3] = ["deliver", "rotation", "version"];

/// Whether what stands under this key may be a secret: it says password, secret or private key, or nearly so.
pub(super) fn names_secret(key: &str) -> bool {
    if key == PLACE {
        return false;
    }
    let lower = key.to_lowercase();
    let bare: String = lower.chars().filter(|letter| letter.is_alphanumeric()).collect();
    ["passw", "passphrase", "secret", "privatekey", "registrationaccesstoken"].iter().any(|word| bare.contains(word))
        || words(key).any(|word| {
            (word.len() >= 6 && strsim::osa_distance(&word, "password") <= 2)
                || (word.len() >= 5 && strsim::osa_distance(&word, "secret") <= 1)
        })
}

/// The words of a key in lower case: `clientSecret`, `client-secret` and `client_secret` have two.
fn words(key: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for character in key.chars() {
        if !character.is_alphanumeric() || (character.is_uppercase() && lower_before) {
            words.push(String::new());
        }
        lower_before = character.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
    }
    words.into_iter()
}

/// Whether the value of this key, inside of what may be a secret, only says where the secret is.
pub(super) fn is_reference(key: &str) -> bool {
    matches!(key, "env" | "file")
}

/// Whether this key, inside of what may be a secret, is one of ours and not the secret itself.
pub(super) fn is_vocabulary(key: &str) -> bool {
    VOCABULARY.contains(&key) || ABOUT.contains(&key)
}

/// Whether what stands in the collection under this key may be a secret, if what stands beside it may.
pub(super) fn goes_on(key: &str) -> bool {
    !ABOUT.contains(&key)
}

/// Whether the value at this JSON pointer may be a secret.
pub(super) fn is_concealed(pointer: &str) -> bool {
    let mut tokens = pointer.split('/').skip(1).peekable();
    let (mut inside, mut concealed) = (false, false);
    while let Some(token) = tokens.next() {
        let named = names_secret(token);
        concealed = named || (inside && !is_reference(token));
        inside = named || (inside && (goes_on(token) || tokens.peek().is_none()));
    }
    concealed
}

/// What may be a secret in a text that cannot be parsed: whatever follows a name that [`names_secret`], on its line
/// and on deeper indented or empty lines after it.
pub(super) fn in_text(text: &str, area: Range<usize>) -> Vec<Range<usize>> {
    let mut hidden: Vec<Range<usize>> = Vec::new();
    let mut depth = None;
    for (_, line) in super::document::lines(text, area) {
        let content = text.get(line.clone()).unwrap_or_default();
        let indentation = content.len() - content.trim_start().len();
        depth = depth.filter(|depth| content.trim().is_empty() || indentation > *depth);
        if depth.is_some() {
            hidden.push(line);
        } else if let Some(end) = end_of_name(content) {
            hidden.push(line.start + end..line.end);
            depth = Some(indentation);
        }
    }
    hidden
}

/// Where the first name of this line that [`names_secret`] ends, with the colon and spaces after it.
fn end_of_name(line: &str) -> Option<usize> {
    let is_part = |character: char| character.is_alphanumeric() || "._-".contains(character);
    let mut start = 0;
    line.split_inclusive(|character| !is_part(character)).find_map(|word| {
        start += word.len();
        names_secret(word).then(|| {
            let rest = line.get(start..).unwrap_or_default();
            start + rest.len() - rest.trim_start_matches(['"', '\'', ' ', '\t', ':']).len()
        })
    })
}
