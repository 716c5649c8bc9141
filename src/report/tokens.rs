//! What people's tokens carry, as text for people. Everything can be read without colour.

use std::fmt::Write as _;

use super::{BOLD, DIM, UNKNOWN, WELL, WRONG, plain};
use crate::access::Roles;
use crate::access::claim::Claim;
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
        Carried::AsPromised => line(WELL, &roles(&promise.roles)),
        Carried::NotYet(missing) => line(UNKNOWN, &format!("not known: there is no {missing} yet")),
        Carried::Otherwise { claim, difference, cause } => {
            line(WRONG, &summary(claim, claim_name));
            let mut more = |label: &str, detail: &str| {
                let _ = writeln!(text, "      {DIM}{label:9}{DIM:#} {}", plain(detail));
            };
            more("promised:", &roles(&promise.roles));
            if let Claim::Grants(carried) = claim {
                more("carried:", &roles(carried));
            }
            if !difference.missing.is_empty() {
                more("missing:", &roles(&difference.missing));
            }
            if !difference.extra.is_empty() {
                more("extra:", &roles(&difference.extra));
            }
            more("cause:", &cause.why);
            more("next:", &cause.next);
        }
    }
}

/// What is wrong with a claim, in a few words.
pub(super) fn summary(claim: &Claim, name: &str) -> String {
    match claim {
        Claim::Absent => format!("the token has no claim `{name}`"),
        Claim::Misshapen(what) => format!("the claim {what}"),
        Claim::Grants(_) => "the token does not carry what is promised".to_owned(),
    }
}

/// Roles in projects, in one line.
pub(super) fn roles(roles: &Roles) -> String {
    let project = |(key, roles): (&String, &std::collections::BTreeSet<String>)| {
        let roles = roles.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("{key}: {}", if roles.is_empty() { "(no roles)" } else { &roles })
    };
    let projects: Vec<String> = roles.iter().map(project).collect();
    if projects.is_empty() { "(nothing)".to_owned() } else { projects.join("; ") }
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
