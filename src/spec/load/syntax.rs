//! What the YAML parser objects to, in an operator's words. No message quotes the text: it may be a secret.

use serde_yaml::granit_parser::ErrorKind;

use super::position::too_deep;

/// The message and what to do; `character` is the one that the parser stopped at.
pub(super) fn words(kind: &ErrorKind, character: Option<char>) -> (String, Option<String>) {
    let (message, help) = match kind {
        // As in JSON, where people come from.
        _ if character == Some(',') => (
            "a comma is not allowed here",
            "remove it: between entries in brackets there is one, and none at the end of a line outside of them",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar
            if matches!(character, Some('"' | '\'')) =>
        {
            ("nothing may follow the closing quote", "put a comma between two entries, or the whole value in quotes")
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => ("a tab is not allowed here", "indent by spaces"),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            ("this quote is never closed", "close it, or write the text without quotes")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            ("nothing may follow the closing quote", "put the whole value in quotes")
        }
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape => {
            ("this backslash escape is not known", "double the backslash, or use single quotes")
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping => ("this bracket is never closed", "close it"),
        ErrorKind::ExpectedFlowMappingSeparator => ("expected `,` or `}` here", "close the bracket opened before"),
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::InvalidColonPlacement => {
            ("expected `,` or `]` here", "close the bracket opened before")
        }
        ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            ("this bracket closes nothing that is open", "remove it, or open its counterpart")
        }
        ErrorKind::UnexpectedCharacter { .. } if character.is_some_and(char::is_control) => {
            ("a control character is not allowed here", "write it as an escape in double quotes: \"\\u0007\"")
        }
        ErrorKind::UnexpectedCharacter { .. } => {
            ("a value cannot begin with this character", "put the value in quotes")
        }
        ErrorKind::MappingValueNotAllowed => (
            "a `key: value` is not allowed here",
            "check the indentation; a value that contains `: ` must be in quotes",
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidSimpleKey | ErrorKind::SimpleKeyExpected => {
            ("expected `key: value` here", "check the indentation, and that a `:` and a space follow the key")
        }
        ErrorKind::ExpectedBlockSequenceEntry => ("expected an entry of a list, `- `, here", "check the indentation"),
        ErrorKind::BlockSequenceEntryNotAllowed => ("an entry of a list is not allowed here", "check the indentation"),
        ErrorKind::UnknownAnchor => {
            ("no anchor of this name is written before", "put the value in quotes if it is meant as text")
        }
        ErrorKind::RecursionLimitExceeded => return (too_deep(), None),
        other => return (other.to_string().replace("EOF", "end of file"), None),
    };
    (message.to_owned(), Some(help.to_owned()))
}
