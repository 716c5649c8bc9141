//! The page says something of every field, and does not say it twice.

use super::*;
use crate::model::Json;
use crate::model::value::Value;
use crate::model::wanted::Want;

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

#[test]
fn what_is_stated_of_a_part_of_a_value_is_a_part_of_it() {
    let kinds = KINDS.map(field::kind);
    let servers = Servers::of(&kinds);
    let fields = servers.wanted.iter().flat_map(|wanted| &wanted.fields);
    let items = fields.filter_map(|field| match &field.want {
        Want::Items { items, .. } => Some(items),
        _ => None,
    });
    let items: Vec<Json> = items.flatten().filter_map(whole).collect();
    let mut parts = 0;
    for stated in kinds.iter().flat_map(|kind| &kind.fields).filter_map(|field| field.stated.as_ref()) {
        let Some((path, _)) = stated.split_once('`').and_then(|(_, rest)| rest.split_once("` ")) else { continue };
        if stated.ends_with("of the attribute") || stated.ends_with("in the text of the grant") {
            let pointer = format!("/{}", path.replace("[]", "/0").replace('.', "/"));
            assert!(items.iter().any(|item| item.pointer(&pointer).is_some()), "{stated}: nothing has {pointer}");
            parts += 1;
        }
    }
    assert!(parts > 6, "{parts}");
}

/// An item of a list, with what its text says if it is one.
fn whole(item: &Value) -> Option<Json> {
    match item {
        Value::Json(Json::String(text)) => serde_json::from_str(text).ok(),
        Value::Json(item) => Some(item.clone()),
        Value::Id(_) => None,
    }
}

#[test]
fn every_field_of_the_servers_has_a_word_or_passes_through_settings_or_says_why_not() {
    let kinds = KINDS.map(field::kind);
    let servers = Servers::of(&kinds);
    let kinds: Vec<&Kind> = kinds.iter().collect();
    let words = api::Words::of(&kinds, &servers);
    let sorts = api::sorts();
    assert!(sorts.len() > 18, "{}", sorts.len());
    let mut unsaid = Vec::new();
    for (sort, fields) in &sorts {
        assert!(words.speak_of(sort), "nothing is said of any {sort}");
        let rows = api::rows(sort, fields, &words).into_iter();
        unsaid.extend(rows.filter(|row| row.said.is_none()).map(|row| format!("{sort} {}", row.field)));
    }
    assert!(unsaid.is_empty(), "give them words, or say in `api.rs` why they have none:\n{}", unsaid.join("\n"));
}

#[test]
fn only_what_is_on_a_server_and_has_no_word_is_said_to_have_none() {
    let kinds = KINDS.map(field::kind);
    let servers = Servers::of(&kinds);
    let kinds: Vec<&Kind> = kinds.iter().collect();
    let (words, sorts) = (api::Words::of(&kinds, &servers), api::sorts());
    let said: Vec<String> = kinds.iter().flat_map(|kind| &kind.fields).map(|field| path(&field.pointer)).collect();
    for (sort, field, why) in api::unmanaged() {
        let fields: Vec<String> = sorts[sort].iter().filter(|known| *known == field).cloned().collect();
        let rows = api::rows(sort, &fields, &words);
        assert!(matches!(&rows[..], [row] if row.said.as_deref() == Some(why)), "{sort} {field}: {why}");
        // What is said instead is a word.
        if let Some((word, _)) = why.split_once("`spec.").and_then(|(_, rest)| rest.split_once('`')) {
            assert!(said.contains(&format!("spec.{word}")), "{sort} {field}: {why}");
        }
    }
}

#[test]
fn what_has_a_word_does_not_pass_through_settings_too() {
    let kinds = KINDS.map(field::kind);
    let servers = Servers::of(&kinds);
    let words = api::Words::of(&kinds.iter().collect::<Vec<_>>(), &servers);
    let said = words.said_of_what_has_settings();
    assert!(said.len() > 100, "{}", said.len());
    for (of, key, inner) in said {
        let refused = |inner| crate::resolve::settings::instead(of, key, inner).is_some();
        // What is kept beside a secret, and secrets themselves, are refused by what they are called.
        let secret = inner.is_some_and(crate::resolve::settings::names_a_secret);
        assert!(refused(None) || refused(inner) || secret, "{of:?} {key} {inner:?}");
    }
}
