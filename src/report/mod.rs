//! Renderings, the last consumers: of plans, of what has come of them, of what went wrong. Nothing is decided here,
//! and nothing is printed: that is the front-end's.

pub mod by_hand;
pub mod outcome;
pub mod text;
pub mod tokens;
pub mod trial;

pub mod trouble;

use anstyle::{AnsiColor, Style};

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

/// `text` without anything that would move a terminal's cursor or change the direction of writing.
fn plain(text: &str) -> String {
    let harmful = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().fold(String::with_capacity(text.len()), |mut plain, letter| {
        if harmful(letter) {
            plain.extend(letter.escape_unicode());
        } else {
            plain.push(letter);
        }
        plain
    })
}
