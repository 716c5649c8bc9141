//! Renderings, the last consumers: of plans, of what has come of them, of what went wrong. Nothing is decided here,
//! and nothing is printed: that is the front-end's.

pub mod by_hand;
pub mod complaint;
pub mod credentials;
pub mod header;
pub mod json;
pub mod outcome;
pub mod text;
pub mod tokens;
pub mod trial;
pub mod trouble;

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use json::Place;

use crate::model::Json;
use crate::model::spelling::Spelling;
use crate::model::step::Action;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const ADD: Style = AnsiColor::Green.on_default();
const CHANGE: Style = AnsiColor::Yellow.on_default();
const REMOVE: Style = AnsiColor::Red.on_default();

/// Each symbol of a check with its style: well, wrong, not known.
const WELL: (char, Style) = ('✓', ADD);
const WRONG: (char, Style) = ('✗', ERROR);
const UNKNOWN: (char, Style) = ('?', DIM);

/// The symbol of an action, and its style.
fn symbol(action: Action) -> (char, Style) {
    match action {
        Action::Create => ('+', ADD),
        Action::Update => ('~', CHANGE),
        Action::Delete => ('-', REMOVE),
    }
}

/// A message of this level, with the place that it is about, its causes, and what to do.
fn told(
    (level, style): (&str, Style),
    message: &str,
    place: Option<&Place>,
    causes: &[String],
    hint: Option<&str>,
) -> String {
    let mut text = format!("{style}{level}{style:#}{BOLD}: {}{BOLD:#}\n", plain(message));
    let mut more = |label: &str, detail: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {DIM}{label}{DIM:#} {}", plain(detail));
    };
    if let Some(place) = place {
        more("-->", &place.to_string());
    }
    for cause in causes {
        more("because:", cause);
    }
    if let Some(hint) = hint {
        more("hint:", hint);
    }
    text
}

/// What the server shows, in the operator's words; what it says by showing nothing, too.
fn operators_before(before: Option<&Json>, spelling: Spelling) -> Option<Json> {
    let silence = || (spelling == Spelling::Policy).then(|| spelling.operator(&Json::Null));
    before.map(|before| spelling.operator(before)).or_else(silence)
}

/// `text` without anything that would move a terminal's cursor or change the direction of writing.
fn plain(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut plain, letter| {
        if is_harmful(letter) {
            plain.extend(letter.escape_unicode());
        } else {
            plain.push(letter);
        }
        plain
    })
}

/// Whether a terminal would obey this instead of showing it.
fn is_harmful(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
