//! The page says something of every field, and does not say it twice.

use super::*;

#[test]
fn every_field_has_a_meaning_and_says_what_becomes_of_it() {
    let unsaid = unsaid();
    assert!(unsaid.is_empty(), "say it by #[schemars(extend(\"x-becomes\" = …))]:\n{}", unsaid.join("\n"));
}

#[test]
fn what_the_backends_tell_is_not_stated_beside() {
    let kinds = KINDS.map(field::kind);
    let servers = Servers::of(&kinds);
    let fields = kinds.iter().flat_map(|kind| kind.fields.iter().map(move |field| (kind, field)));
    let twice = fields.filter(|(kind, field)| field.stated.is_some() && servers.becomes(kind, field).len() > 1);
    let twice: Vec<String> = twice.map(|(kind, field)| format!("{} {}", kind.name, path(&field.pointer))).collect();
    assert!(twice.is_empty(), "stated, and told by the backends:\n{}", twice.join("\n"));
}
