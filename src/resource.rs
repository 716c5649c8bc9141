//! The contract between the stages and the backends: what a resource must answer, and nothing about order, policy,
//! printing, retries or other resources.
//!
//! Adding a resource touches its folder, its kind in [`crate::model::address`] and its backend's two matches; new
//! words for operators also touch `spec` and `resolve`.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use reqwest::Method;

use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::path::Path;
use crate::model::step::Step;
use crate::model::wanted::{LinkSweep, Live, Sweep, Wanted};

/// One kind of thing on a server. All but [`observe`](Resource::observe) is pure.
pub trait Resource {
    /// What the spec says of one such thing, with all names resolved.
    type Declared;

    /// The thing itself, no field asked: its shape, what it requires, which document it is part of.
    ///
    /// Must depend on nothing but the address.
    fn bare(address: Address) -> Wanted;

    /// What is asked. Must name every word of the language: it destructures the declaration without `..`.
    fn wanted(declared: &Self::Declared) -> Wanted;

    /// What is there of what is asked.
    ///
    /// Must leave out only what the server has certainly not got; must fail rather than take an incomplete view for
    /// absence. May adapt what is asked to this server. Must never write.
    fn observe(reader: &Reader, ask: &Ask<'_>) -> impl Future<Output = Result<Found, Failure>> + Send;

    /// What only the whole view tells, once every server has been seen: what is asked, in other terms, and what is not
    /// possible. `ask` is as [`observe`](Resource::observe) has adapted it; `found` is what was found of all kinds.
    ///
    /// Must be pure, and must do with a view of some objects only.
    #[must_use]
    fn settle(_ask: &Ask<'_>, _found: &Found) -> Found {
        Found::default()
    }

    /// The one spelling of all that mean the same: defaults filled in, representations unified.
    #[must_use]
    fn normalise(body: Json) -> Json {
        body
    }

    /// The requests that carry out a step, as data: execution reads again, overlays and sends.
    ///
    /// Must be pure. May use the ids of what the step requires.
    ///
    /// # Errors
    /// [`Unsendable`] when an id is missing.
    fn write(step: &Step, ids: &Ids) -> Result<Request, Unsendable>;

    /// How the id of a new object is learnt.
    #[must_use]
    fn learns_id() -> IdSource {
        IdSource::Answer
    }

    /// Whether carrying out `step` also makes the thing at another address, which nobody asks to be made.
    #[must_use]
    fn brings(_step: &Step, _other: &Address) -> bool {
        false
    }

    /// What to do when such a thing is required and is not there, if that is not to declare it.
    #[must_use]
    fn remedy() -> Option<&'static str> {
        None
    }

    /// What it means that the server says no to `step`, by this kind of failure, where its route does not tell.
    #[must_use]
    fn refused(_step: &Step, _kind: Kind) -> Option<String> {
        None
    }

    /// The likely cause when the server accepts a write and does not store this field.
    #[must_use]
    fn suspect(_field: &Path) -> Option<&'static str> {
        None
    }
}

/// The pure answers of one kind of resource, as plain functions.
#[derive(Clone, Copy)]
pub struct Behaviour {
    /// [`Resource::bare`].
    pub bare: fn(Address) -> Wanted,
    /// [`Resource::settle`].
    pub settle: fn(&Ask, &Found) -> Found,
    /// [`Resource::normalise`].
    pub normalise: fn(Json) -> Json,
    /// [`Resource::write`].
    pub write: fn(&Step, &Ids) -> Result<Request, Unsendable>,
    /// [`Resource::learns_id`].
    pub learns_id: fn() -> IdSource,
    /// [`Resource::brings`].
    pub brings: fn(&Step, &Address) -> bool,
    /// [`Resource::remedy`].
    pub remedy: fn() -> Option<&'static str>,
    /// [`Resource::refused`].
    pub refused: fn(&Step, Kind) -> Option<String>,
    /// [`Resource::suspect`].
    pub suspect: fn(&Path) -> Option<&'static str>,
}

impl Behaviour {
    /// The answers of resource `R`.
    #[must_use]
    pub fn of<R: Resource>() -> Self {
        Self {
            bare: R::bare,
            settle: R::settle,
            normalise: R::normalise,
            write: R::write,
            learns_id: R::learns_id,
            brings: R::brings,
            remedy: R::remedy,
            refused: R::refused,
            suspect: R::suspect,
        }
    }
}

/// How the id of a new object is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdSource {
    /// The answer to its creation tells it.
    Answer,
    /// A look after its creation, with a new login: what has been made can give the account the right to look.
    Look,
}

/// What an observation is asked for: all wanted objects of one kind.
#[derive(Clone, Default)]
pub struct Ask<'a> {
    /// The objects; of one kind, and in Keycloak of one realm.
    pub wanted: Vec<&'a Wanted>,
    /// Collections of such objects of which everything is said.
    pub sweeps: Vec<&'a Sweep>,
    /// Things in Keystone of whose links of this kind everything is said.
    pub link_sweeps: Vec<&'a LinkSweep>,
    /// The realm that they are in is not there: neither are they, and asking for them would fail.
    pub realm_is_missing: bool,
}

impl Ask<'_> {
    /// The realm that they are in; nothing for objects in Keystone.
    #[must_use]
    pub fn realm(&self) -> Option<&str> {
        let of_wanted = self.wanted.first().and_then(|wanted| match &wanted.address {
            Address::Keycloak { realm, .. } => Some(realm.as_str()),
            Address::Keystone { .. } | Address::Sink { .. } => None,
        });
        of_wanted.or_else(|| self.sweeps.first().map(|sweep| sweep.realm.as_str()))
    }
}

/// What an observation found.
#[derive(Default)]
pub struct Found {
    /// The objects that are there, normalised; some may not have been asked for. What is asked for and not here is
    /// certainly absent.
    pub live: BTreeMap<Address, Live>,
    /// What is asked, in this server's own terms, where that differs; and what follows for what nobody has listed.
    pub adapted: Vec<Wanted>,
    /// What must be made so first, where the server does not do all at once.
    pub first: Vec<First>,
    /// What makes the plan impossible.
    pub problems: Vec<Problem>,
    /// What the operator should know although the plan is possible.
    pub warnings: Vec<Warning>,
}

/// What must be made of an object before its own step, and before those of others. Its own step is planned for the
/// object as it is then.
#[derive(Clone, Debug, PartialEq)]
pub struct First {
    /// The fields that are changed first, of an object that is there.
    pub wanted: Wanted,
    /// The other objects whose steps it comes before.
    pub before: Vec<Address>,
}

impl Found {
    /// The same with other addresses.
    #[must_use]
    pub fn readdressed(self, other: &impl Fn(&Address) -> Address) -> Self {
        let Self { live, adapted, first, problems, warnings } = self;
        let first_of = |First { wanted, before }: First| First {
            wanted: wanted.readdressed(other),
            before: before.iter().map(other).collect(),
        };
        Self {
            live: live.into_iter().map(|(address, live)| (other(&address), live)).collect(),
            adapted: adapted.into_iter().map(|wanted| wanted.readdressed(other)).collect(),
            first: first.into_iter().map(first_of).collect(),
            problems: problems
                .into_iter()
                .map(|problem| Problem { address: other(&problem.address), ..problem })
                .collect(),
            warnings: warnings
                .into_iter()
                .map(|warning| Warning { address: other(&warning.address), ..warning })
                .collect(),
        }
    }

    /// Adds what another observation found.
    pub fn merge(&mut self, other: Self) {
        let Self { live, adapted, first, problems, warnings } = other;
        self.live.extend(live);
        self.adapted.extend(adapted);
        self.first.extend(first);
        self.warnings.extend(warnings);
        self.problems.extend(problems);
    }
}

/// The ids of what is there.
#[must_use]
pub fn ids(live: &BTreeMap<Address, Live>) -> Ids {
    live.iter().filter_map(|(address, live)| Some((address.clone(), live.id.clone()?))).collect()
}

/// Something that makes a plan impossible: found before anything is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The object that it concerns.
    pub address: Address,
    /// Where the operator wrote what is not possible.
    pub source: Option<crate::model::source::Source>,
    /// What is wrong, without the object's name.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Something about a possible plan that the operator should know: it is told, and nothing depends on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// The object that it concerns.
    pub address: Address,
    /// Where the operator wrote what it is about.
    pub source: Option<crate::model::source::Source>,
    /// What will come of it, without the object's name.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// More names than these are only counted.
const NAMED: usize = 10;

/// How many there are, and what they are called; nothing if there are none.
#[must_use]
pub fn counted(word: &str, names: &BTreeSet<String>) -> Option<String> {
    let count = names.len();
    let plural = if count == 1 { "" } else { "s" };
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    (count > 0).then(|| format!("{count} {word}{plural} ({shown}{more})"))
}

/// People whom a step would make others on the server that they work with: they lose what they had there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estranged {
    /// The object of the step.
    pub address: Address,
    /// How it makes them others.
    pub how: String,
    /// How many they are.
    pub people: usize,
    /// How many application credentials they have, all together.
    pub credentials: usize,
}

/// Something that goes although grants name it. Keystone makes the projects that a login's grants name, and refuses a login
/// of which a grant names a role that is not there (seen on 28 to 30).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The project or the role.
    pub object: Address,
    /// Who has a grant that names it and keeps it.
    pub holders: Vec<Address>,
}

/// A realm whose last enabled administrators would be none any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bereft {
    /// The realm.
    pub realm: Address,
    /// The role that makes an administrator.
    pub role: Address,
    /// The usernames of those who are.
    pub accounts: BTreeSet<String>,
    /// What takes it from them: objects of the steps that do.
    pub steps: Vec<Address>,
}

/// One write, as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// POST, PUT, PATCH, DELETE.
    pub method: Method,
    /// Where it goes.
    pub route: Route,
    /// The key that wraps the document in requests and answers, where the server wants one.
    pub envelope: Option<&'static str>,
    /// What is sent.
    pub body: Body,
}

impl Request {
    /// Makes a document in the collection at `route`.
    #[must_use]
    pub fn create(route: Route) -> Self {
        Self { method: Method::POST, route, envelope: None, body: Body::New }
    }

    /// Replaces the document at `route`, or changes it, as `body` says.
    #[must_use]
    pub fn put(route: Route, body: Body) -> Self {
        Self { method: Method::PUT, route, envelope: None, body }
    }

    /// Deletes what is at `route`.
    #[must_use]
    pub fn delete(route: Route) -> Self {
        Self { method: Method::DELETE, route, envelope: None, body: Body::Empty }
    }
}

/// What a write sends.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing: the route says all.
    Empty,
    /// Just this.
    This(Json),
    /// The planned fields alone: a new document.
    New,
    /// These fields, and the planned ones: for servers that merge and want some fields every time.
    Beside(Json),
    /// The document as it is just before, with the planned fields changed: for servers that replace it whole.
    Whole,
    /// The planned fields, and these as they are just before: for servers that merge.
    Changed {
        /// Fields that the server would reset if they were left out.
        echo: &'static [&'static str],
    },
}

/// A step that cannot be put into a request.
#[derive(Debug, thiserror::Error)]
#[error("the id of {0} is not known")]
pub struct Unsendable(pub Address);

/// The id of `address`.
///
/// # Errors
/// [`Unsendable`] when it is not among `ids`.
pub fn id<'a>(ids: &'a Ids, address: &Address) -> Result<&'a str, Unsendable> {
    ids.get(address).map(String::as_str).ok_or_else(|| Unsendable(address.clone()))
}
