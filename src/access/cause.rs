//! Why a token does not carry what it should: judged by the mappers that a client could have, the person's attribute and
//! the realm's profile.

use crate::access::claim::Claim;
use crate::access::promise::Difference;

/// What was looked up about a token that is not as it should be.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The client that the token is for.
    pub client: String,
    /// The claim that Keystone reads.
    pub claim: String,
    /// The attribute that holds grants.
    pub attribute: String,
    /// The protocol mappers of the client's scopes.
    pub mappers: Vec<Mapper>,
    /// Whether the person's account, as the server shows it, has a value of the attribute.
    pub has_value: bool,
    /// The profile's policy for attributes that it does not declare; nothing if it declares the attribute.
    pub policy: Option<String>,
}

/// A protocol mapper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapper {
    /// Its name.
    pub name: String,
    /// Its provider.
    pub provider: String,
    /// The scope that it is in.
    pub reach: Reach,
    /// The attribute that it reads.
    pub attribute: Option<String>,
    /// The claim that it writes.
    pub claim: Option<String>,
    /// Whether access tokens carry the claim.
    pub in_access_token: bool,
}

/// Whether the mappers of a scope work on the tokens of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Always: the client's dedicated scope, or one of its default scopes.
    Always,
    /// When the scope of this name is asked for, which the `openstack` client does not do.
    WhenAsked(String),
    /// Never: the scope of this name is not one of the client's.
    Never(String),
}

/// Why, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What is likely the cause.
    pub why: String,
    /// What to do.
    pub next: String,
}

impl Cause {
    fn new(why: impl Into<String>, next: impl Into<String>) -> Self {
        Self { why: why.into(), next: next.into() }
    }
}

/// The mapper to declare, as in the guide.
const GUIDES_MAPPER: &str = "aggregated-user-group-attribute-mapper";

impl Facts {
    /// The likely cause of a claim that differs from what is promised.
    #[must_use]
    pub fn cause(&self, claim: &Claim, difference: &Difference) -> Cause {
        let Self { client, claim: name, attribute, .. } = self;
        let works = |mapper: &&Mapper| mapper.reach == Reach::Always;
        let writes = |mapper: &&Mapper| mapper.claim.as_deref() == Some(name);
        let reads = |mapper: &&Mapper| mapper.attribute.as_deref() == Some(attribute);
        let find = |of: &dyn Fn(&&Mapper) -> bool| self.mappers.iter().find(of);
        if let Claim::Misshapen(_) = claim {
            return match find(&|mapper| works(mapper) && writes(mapper)) {
                Some(mapper) if mapper.provider != GUIDES_MAPPER => Cause::new(
                    format!("mapper `{}` of type `{}` writes the claim in its own way", mapper.name, mapper.provider),
                    format!("let a mapper of type `{GUIDES_MAPPER}` write the claim `{name}`, and take this one away"),
                ),
                _ => Cause::new(
                    format!("a value of the attribute `{attribute}` of the person, or of one of the person's groups"),
                    "look for the value that is told above; each must be one grant as in the platform's documentation",
                ),
            };
        }
        match find(&|mapper| writes(mapper) && reads(mapper) && works(mapper)) {
            Some(mapper) if !mapper.in_access_token => Cause::new(
                format!("mapper `{}` does not add its claim to access tokens, which Keystone reads", mapper.name),
                "say `addToAccessToken: true` for it",
            ),
            Some(_) => self.of_the_value(difference),
            None => self.of_the_mapper().unwrap_or_else(|| {
                Cause::new(
                    format!("client `{client}` has no mapper that writes the attribute `{attribute}` to the claim"),
                    format!(
                        "declare `{{name: {name}, type: {GUIDES_MAPPER}, userAttribute: {attribute}, tokenClaim: {name}}}` \
                         in its `dedicatedScope.mappers`"
                    ),
                )
            }),
        }
    }

    /// A mapper that nearly is the right one.
    fn of_the_mapper(&self) -> Option<Cause> {
        let Self { client, claim, attribute, .. } = self;
        let (mut writing, mut reading, mut away) = (None, None, None);
        for mapper in &self.mappers {
            let writes = mapper.claim.as_ref() == Some(claim);
            let reads = mapper.attribute.as_ref() == Some(attribute);
            match (&mapper.reach, writes, reads) {
                (Reach::WhenAsked(_) | Reach::Never(_), true, true) => away = Some(mapper),
                (Reach::Always, true, false) => writing = Some(mapper),
                (Reach::Always, false, true) => reading = Some(mapper),
                _ => {}
            }
        }
        let of_away = |mapper: &Mapper| match &mapper.reach {
            Reach::Always => None,
            Reach::WhenAsked(scope) => Some(Cause::new(
                format!("mapper `{}` is in the optional scope `{scope}`, which is not asked for", mapper.name),
                format!("make `{scope}` a default scope of client `{client}`"),
            )),
            Reach::Never(scope) => Some(Cause::new(
                format!("mapper `{}` is in the scope `{scope}`, which client `{client}` does not have", mapper.name),
                format!("make `{scope}` a default scope of client `{client}`"),
            )),
        };
        let of_reading = |mapper: &Mapper| {
            let written = mapper.claim.as_deref().unwrap_or("none");
            Cause::new(
                format!("mapper `{}` writes the claim `{written}`, and Keystone reads `{claim}`", mapper.name),
                format!("say `tokenClaim: {claim}` for it"),
            )
        };
        let of_writing = |mapper: &Mapper| {
            let read = mapper.attribute.as_deref().unwrap_or("none");
            Cause::new(
                format!("mapper `{}` reads the attribute `{read}`, and grants are in `{attribute}`", mapper.name),
                format!("say `userAttribute: {attribute}` for it, or correct `grantAttribute` of the Realm document"),
            )
        };
        away.and_then(of_away).or_else(|| reading.map(of_reading)).or_else(|| writing.map(of_writing))
    }

    /// The mapper is right: what there is for it to read.
    fn of_the_value(&self, difference: &Difference) -> Cause {
        let Self { attribute, .. } = self;
        match self.policy.as_deref() {
            Some(policy @ ("disabled" | "adminView")) if !self.has_value => Cause::new(
                format!("the realm's profile drops the attribute `{attribute}` (unmanagedAttributes: {policy})"),
                "declare `userProfile: {unmanagedAttributes: adminEdit}` in the Realm document, and apply",
            ),
            _ if !self.has_value => Cause::new(
                format!("Unauthorized: the person's account has no attribute `{attribute}`, nor has any group with it"),
                "apply the spec, so that the person has the grants; or check the person's groups",
            ),
            _ if difference.missing.is_empty() => Cause::new(
                format!("the attribute `{attribute}` of the person, or of one of the person's groups, grants more"),
                "see what `plan` would change; what it does not show comes from a group that the spec does not speak of",
            ),
            _ => Cause::new(
                format!(
                    "Unauthorized: neither the person's attribute `{attribute}` nor one of a group grants what is missing"
                ),
                "see what `plan` would change, and apply; or check the person's groups",
            ),
        }
    }
}

#[cfg(test)]
mod tests;
