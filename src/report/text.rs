//! A plan as text for people: symbols and summary line are Terraform's, which people and scripts already read.
//! Everything can be read without colour.

use std::fmt::Write as _;

use anstyle::Style;
use similar::{ChangeTag, TextDiff};

use super::{ADD, BOLD, CHANGE, DIM, REMOVE, plain, symbol};
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::change::{Change, FieldChange, Item};
use crate::model::spelling::Spelling;
use crate::model::step::{Action, Step};
use crate::model::value::{Key, Value};
use crate::plan::Plan;
use crate::spec::grant::Grant;

/// What a plan is about.
pub struct Header {
    /// The environment's name.
    pub environment: String,
    /// Each server with the account that is used there: `realm pod at keycloak.example.com as admin`.
    pub servers: Vec<String>,
}

/// The plan.
#[must_use]
pub fn plan(plan: &Plan, header: &Header) -> String {
    let mut text = String::new();
    if plan.is_empty() {
        return format!("{BOLD}No changes.{BOLD:#} {} matches the spec.\n", header.environment);
    }
    line(&mut text, format_args!("opcp-provision will make these changes to {BOLD}{}{BOLD:#}", header.environment));
    line(&mut text, format_args!("({}):\n", plain(&header.servers.join("; "))));
    let mut steps: Vec<&Step> = plan.steps().iter().collect();
    steps.sort_by(|one, other| one.address.cmp(&other.address));
    for described in steps {
        step(&mut text, described);
    }
    let counts = plan.counts();
    line(
        &mut text,
        format_args!(
            "\n{BOLD}Plan:{BOLD:#} {} to add, {} to change, {} to destroy.",
            counts.add, counts.change, counts.destroy
        ),
    );
    text
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{arguments}");
}

fn step(text: &mut String, step: &Step) {
    let (sign, style) = symbol(step.action);
    line(text, format_args!("  {style}{sign}{style:#} {BOLD}{}{BOLD:#}", plain(&step.address.to_string())));
    let shown: Vec<&FieldChange> =
        step.fields.iter().filter(|change| !matches!(change.change, Change::Identity(_))).collect();
    let width = shown.iter().filter(|change| is_one_line(change)).map(|change| change.word.len()).max().unwrap_or(0);
    for change in shown {
        field(text, step.action, change, width);
    }
}

fn is_one_line(change: &FieldChange) -> bool {
    !matches!(change.change, Change::Items { .. })
}

fn field(text: &mut String, action: Action, change: &FieldChange, width: usize) {
    let word = plain(&change.word);
    match &change.change {
        Change::Identity(_) => {}
        Change::Secret(_) => {
            let (sign, style) = symbol(action);
            line(text, format_args!("      {style}{sign}{style:#} {word:width$}   {DIM}(sensitive){DIM:#}"));
        }
        Change::Value { before, after } => value(text, &word, width, before.as_ref(), after, change.spelling),
        Change::Items { by, items, .. } => {
            let (sign, style) = symbol(action);
            let empty = if items.is_empty() { "   []" } else { "" };
            line(text, format_args!("      {style}{sign}{style:#} {word}{empty}"));
            items.iter().filter(|item| item.changes()).for_each(|item| list_item(text, *by, item));
        }
    }
}

fn value(text: &mut String, word: &str, width: usize, before: Option<&Json>, after: &Value, spelling: Spelling) {
    let shown_before = before.map(|before| spelling.operator(before));
    let after = match after {
        Value::Json(json) => spelling.operator(json),
        Value::Id(address) => return one_line(text, ('+', ADD), word, width, &id_of(address)),
    };
    if let (Some(Json::String(before)), Json::String(after)) = (&shown_before, &after)
        && (before.contains('\n') || after.contains('\n'))
    {
        line(text, format_args!("      {CHANGE}~{CHANGE:#} {word}"));
        return difference(text, before, after);
    }
    let shown_before = shown_before.or_else(|| (spelling == Spelling::Policy).then(|| spelling.operator(&Json::Null)));
    match (shown_before, after) {
        (Some(before), Json::Null) => one_line(text, ('-', REMOVE), word, width, &literal(&before)),
        (None, after) => one_line(text, ('+', ADD), word, width, &literal(&after)),
        (Some(before), after) => {
            let both = format!("{} → {}", literal(&before), literal(&after));
            one_line(text, ('~', CHANGE), word, width, &both);
        }
    }
}

fn one_line(text: &mut String, (sign, style): (char, Style), word: &str, width: usize, value: &str) {
    line(text, format_args!("      {style}{sign}{style:#} {word:width$}   {value}"));
}

fn id_of(address: &Address) -> String {
    format!("(id of {})", plain(&address.to_string()))
}

/// A text of several lines, line by line.
fn difference(text: &mut String, before: &str, after: &str) {
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let (sign, style) = match change.tag() {
            ChangeTag::Equal => (' ', DIM),
            ChangeTag::Delete => ('-', REMOVE),
            ChangeTag::Insert => ('+', ADD),
        };
        line(text, format_args!("          {style}{sign} {}{style:#}", plain(change.value().trim_end_matches('\n'))));
    }
}

fn list_item(text: &mut String, by: Key, item: &Item) {
    let before: Vec<String> = item.before.iter().map(|before| contents(by, before)).collect();
    let before = before.join(" and ");
    let after = item.after.as_ref().map(|after| contents(by, after));
    let key = plain(&item.key);
    let (sign, style, shown) = match (item.before.is_empty(), after) {
        (true, Some(after)) => ('+', ADD, after),
        (_, None) => ('-', REMOVE, before),
        (false, Some(after)) => ('~', CHANGE, format!("{before} → {after}")),
    };
    let separator = if shown.is_empty() { "" } else { ": " };
    line(text, format_args!("          {style}{sign}{style:#} {key}{separator}{shown}"));
}

/// What an item says besides its key.
fn contents(by: Key, item: &Json) -> String {
    match by {
        Key::Whole => String::new(),
        Key::Name => literal(item),
        Key::Grant => match item.as_str().and_then(|text| Grant::parse(text, &Ids::new())) {
            Some(grant) if grant.roles.is_empty() => "(no roles)".to_owned(),
            Some(grant) => plain(&grant.roles.into_iter().collect::<Vec<_>>().join(", ")),
            None => literal(item),
        },
    }
}

/// A value as JSON; other marks than JSON escapes are escaped too.
fn literal(value: &Json) -> String {
    plain(&value.to_string())
}

#[cfg(test)]
mod tests;
