//! What people's tokens carry, as text for people. Everything can be read without colour.

use std::fmt::Write as _;

use super::{BOLD, DIM, UNKNOWN, WELL, WRONG, plain};
use crate::access::claim::Claim;
use crate::access::in_words;
use crate::tokens::{Carried, Check, Verdict};

/// One check: a line for each person, and more where something is wrong.
#[must_use]
pub fn check(check: &Check) -> String {
    let Check { realm, client, claim, people } = check;
    let mut text = format!(
        "\n{BOLD}Tokens{BOLD:#} of realm {} for client {} (claim `{}`):\n",
        plain(realm),
        plain(client),
        plain(claim)
    );
    let width = people.keys().map(|username| username.chars().count()).max().unwrap_or(0);
    for (username, verdict) in people {
        person(&mut text, &format!("{:width$}", plain(username)), claim, verdict);
    }
    text
}

fn person(text: &mut String, username: &str, claim_name: &str, Verdict { promise, carried }: &Verdict) {
    let mut line = |(sign, style): (char, anstyle::Style), said: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {style}{sign}{style:#} {BOLD}{username}{BOLD:#}   {}", plain(said));
    };
    match carried {
        Carried::AsPromised => line(WELL, &in_words(&promise.roles)),
        Carried::NotYet(missing) => line(UNKNOWN, &format!("not known: there is no {missing} yet")),
        Carried::Otherwise { claim, difference, cause } => {
            line(WRONG, &claim.summary(claim_name));
            let mut more = |label: &str, detail: &str| {
                let _ = writeln!(text, "      {DIM}{label:9}{DIM:#} {}", plain(detail));
            };
            more("promised:", &in_words(&promise.roles));
            if let Claim::Grants(carried) = claim {
                more("carried:", &in_words(carried));
            }
            if !difference.missing.is_empty() {
                more("missing:", &in_words(&difference.missing));
            }
            if !difference.extra.is_empty() {
                more("extra:", &in_words(&difference.extra));
            }
            more("cause:", &cause.why);
            more("next:", &cause.next);
        }
    }
}

/// The last line of all checks.
#[must_use]
pub fn summary_of(checks: &[Check]) -> String {
    let people: usize = checks.iter().map(|check| check.people.len()).sum();
    let wrong: usize = checks.iter().map(Check::wrong).sum();
    let well = checks.iter().flat_map(|check| check.people.values());
    let well = well.filter(|verdict| matches!(verdict.carried, Carried::AsPromised)).count();
    if people == 0 {
        return format!("\n{BOLD}Tokens:{BOLD:#} the spec promises nobody anything.\n");
    }
    format!("\n{BOLD}Tokens:{BOLD:#} {well} as promised, {wrong} wrong, {} not known.\n", people - well - wrong)
}

#[cfg(test)]
mod tests;
