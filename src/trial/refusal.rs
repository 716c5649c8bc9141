//! What the refusals of Apache and Keystone mean. Pure: by status, by the server's own words, and by what is known of the
//! token. Each was seen on Keystone 28 to 30 behind Apache with `mod_auth_openidc`; Keystone's own words tell little.

use std::collections::BTreeSet;

use super::{Stage, Stopped};
use crate::access::cause::Cause;
use crate::access::{Roles, in_words};
use crate::http::failure::{Failure, Kind};
use crate::spec::grant::Grant;

/// The longest header line that Apache takes where nothing else is said.
const LONGEST_HEADER: usize = 8190;

/// What is known of a person who wants to enter.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) provider: &'a str,
    pub(super) protocol: &'a str,
    pub(super) realm: &'a str,
    pub(super) claim: &'a str,
    pub(super) carried: &'a Roles,
    /// How long the header with the token is.
    pub(super) length: usize,
}

/// A refusal: its stage, why, what to do, and whether it may lie in what no API can set.
type Meaning = (Stage, String, String, bool);

impl Entry<'_> {
    /// The stage at which a refused request ended.
    pub(super) fn refused(self, failure: &Failure) -> Stopped {
        let known = self.of_apache(failure).or_else(|| self.of_keystone(failure));
        let Some((stage, why, next, by_hand)) = known else {
            let page = failure.answer.as_ref().is_none_or(|answer| answer.page);
            return Stopped::at(if page { Stage::Apache } else { Stage::Keystone }, failure);
        };
        Stopped { by_hand, ..Stopped::explained(stage, failure, Some(Cause { why, next })) }
    }

    /// Apache answers with pages, and where it wants a bearer it says so.
    fn of_apache(self, failure: &Failure) -> Option<Meaning> {
        let answer = failure.answer.as_ref()?;
        let Self { provider, protocol, realm, length, .. } = self;
        let meaning = |why: String, next: String| Some((Stage::Apache, why, next, true));
        let challenge = answer.challenge.as_deref().unwrap_or_default();
        match answer.status.as_u16() {
            401 if challenge.starts_with("Bearer") => meaning(
                format!(
                    "Apache cannot verify the token: it has the keys of another realm than `{realm}`, the token has ended, \
                     or the clocks differ"
                ),
                "give the location the keys of this realm, as below, and let Apache read its configuration again"
                    .to_owned(),
            ),
            401 if answer.page => meaning(
                format!(
                    "Apache verified the token, and its location requires the issuer of another realm than `{realm}`"
                ),
                "let the location require this realm's issuer, as below".to_owned(),
            ),
            400 if answer.page && length > LONGEST_HEADER => meaning(
                format!("the token has {length} bytes, and Apache takes lines of {LONGEST_HEADER}"),
                "say `LimitRequestFieldSize 65536`, as below".to_owned(),
            ),
            302 | 303 => meaning(
                "Apache sends the request to a login page: the location takes logins of browsers only".to_owned(),
                "say `AuthType oauth20` (or `auth-openidc`) for the location, as below".to_owned(),
            ),
            404 if answer.page => meaning(
                format!("Apache does not hand on the address of provider `{provider}` and protocol `{protocol}`"),
                "have it handed on to Keystone, as below".to_owned(),
            ),
            _ => None,
        }
    }

    fn of_keystone(self, failure: &Failure) -> Option<Meaning> {
        let answer = failure.answer.as_ref()?;
        let Self { provider, protocol, realm, claim, carried, length: _ } = self;
        let words = failure.words();
        let lower = words.to_lowercase();
        let meaning = |why: String, next: &str, by_hand| Some((Stage::Keystone, why, next.to_owned(), by_hand));
        let names = |name: &str| carried.values().any(|roles| roles.contains(name));
        match answer.status.as_u16() {
            401 if lower.contains("unsupported method") => meaning(
                format!("Keystone does not take the protocol `{protocol}` for a method of logging in"),
                "add it to `[auth] methods` in keystone.conf, as below",
                true,
            ),
            401 => meaning(
                format!(
                    "Unauthorized: no rule of the mapping matches this person, or Keystone does not see the claims (the \
                     location is not protected, hands claims on under another prefix than `OIDC-`, or \
                     `remote_id_attribute` names a variable that is not there), or the claim `{claim}` is none that it reads"
                ),
                "compare the mapping's `remote` types with the claims that the token has; then what stands below with \
                 Apache's configuration and keystone.conf",
                true,
            ),
            403 => meaning(
                format!(
                    "identity provider `{provider}` is disabled, or the issuer of realm `{realm}` is none of its remote ids"
                ),
                "see `openstack identity provider show`; the provider's `remoteIds` and `enabled` can be declared in the \
                 Realm document",
                false,
            ),
            404 if lower.contains("identity provider") || lower.contains("federated protocol") => meaning(
                format!("Keystone has no identity provider `{provider}` with a protocol `{protocol}`"),
                "declare it: `identityProvider` with a `mapping` in the Realm document; or correct its `id`",
                false,
            ),
            404 if lower.contains("could not find mapping") => meaning(
                "the protocol refers to a mapping that is gone".to_owned(),
                "declare the mapping in the Environment document, and apply",
                false,
            ),
            404 if lower.contains("could not find domain") => meaning(
                format!("the claim or the mapping names a domain that does not exist: {words}"),
                "declare the domain, or correct the grant; upper and lower case are told apart",
                false,
            ),
            404 if names(words.trim_end_matches('.')) => meaning(
                format!(
                    "a grant names the role `{words}`, which Keystone does not have; it told nothing but that name"
                ),
                "declare the role in the Environment document, or correct the grant; every login of this person fails till \
                 then, and no right is taken away",
                false,
            ),
            404 if lower.contains("could not find role") => meaning(
                "two logins at once, or an inherited role of this person that the claim does not have".to_owned(),
                "try it again; if it stays, take the inherited role away, or grant it too",
                false,
            ),
            409 => meaning(
                "another account with this name or id came through another identity provider into the same domain"
                    .to_owned(),
                "let the mapping take `user.id` from `OIDC-sub`, or give each provider a domain of its own; if it was two \
                 first logins at once, try it again",
                false,
            ),
            400 if lower.contains("nonetype") => meaning(
                "a rule of the mapping says no `domain` beside its `projects_json`".to_owned(),
                "say `domain` in the same `local` object, for the user and for the projects",
                false,
            ),
            400 if !answer.page => meaning(
                format!("Keystone refuses what the claim says: {words}"),
                "correct the grant that it speaks of",
                false,
            ),
            500 => meaning(
                format!(
                    "something went wrong in Keystone, and it says not what; the claim `{claim}` is not why, which has been \
                     read before"
                ),
                "try it again, since two logins at once may do that to its database; if it stays, see Keystone's log",
                false,
            ),
            _ => None,
        }
    }
}

/// What a refused token for a project means; `open` are the projects that the person can work in.
pub(super) fn of_scope(
    failure: &Failure,
    (domain, project): (&str, &str),
    carried: &Roles,
    open: Option<&[String]>,
) -> Option<Cause> {
    if !matches!(failure.kind, Kind::LoginRefused | Kind::Missing | Kind::Forbidden) {
        return None;
    }
    let key = Grant { domain: domain.to_owned(), project: project.to_owned(), roles: BTreeSet::new() }.key();
    if failure.words().contains("Failed to validate token") {
        return Some(Cause {
            why: "the person's account in Keystone is disabled".to_owned(),
            next: "enable it: openstack user set --enable ID".to_owned(),
        });
    }
    Some(match carried.get(&key) {
        Some(roles) if !roles.is_empty() => Cause {
            why: format!(
                "the claim grants {}, but the project is disabled, or the roles are of another domain",
                in_words(&Roles::from([(key.clone(), roles.clone())]))
            ),
            next: "enable the project; use roles of no domain".to_owned(),
        },
        _ => {
            let open = match open {
                Some([]) => "; there is none that the person can work in".to_owned(),
                Some(open) => format!("; the person can work in {}", open.join(", ")),
                None => String::new(),
            };
            Cause {
                why: format!(
                    "Unauthorized: the person has no role in project {key}, or there is no such project{open}"
                ),
                next: "give the person (or one of the person's groups) a grant on it in an Access document, and apply"
                    .to_owned(),
            }
        }
    })
}

#[cfg(test)]
mod tests;
