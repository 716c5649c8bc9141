//! What is asked of one object, and what was found of it.

use super::Json;
use super::address::{Address, KeycloakKind, KeystoneKind};
use super::path::Path;
use super::source::Source;
use super::spelling::Spelling;
use super::value::{Key, Keys, Owned, Value};
use crate::secret::{Secret, SecretRef};

/// What the spec asks of one object: the operator's words, already spelled for the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The object.
    pub address: Address,
    /// How it comes and goes.
    pub shape: Shape,
    /// Whether it shall be there.
    pub ensure: Ensure,
    /// What is done about it.
    pub mode: Mode,
    /// Its declared fields and nothing else.
    pub fields: Vec<Field>,
    /// What must exist before it.
    pub requires: Vec<Address>,
    /// Collections of which everything is said with it: what is not listed in them goes.
    pub sweeps: Vec<Sweep>,
    /// Its links of which everything is said with it: those that are not listed go.
    pub link_sweeps: Vec<LinkSweep>,
    /// The server document that it is part of: two writes to one document never overlap.
    pub document: Address,
    /// What it is called on the server, where that is another name: it gets its own.
    pub renamed_from: Option<String>,
    /// Where the object is declared; nothing for one that is only referred to.
    pub source: Option<Source>,
}

/// How objects of a kind come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Identity and fields: created when missing.
    Entity,
    /// A document that the server owns: always there, only overlaid.
    Document,
    /// A link between two objects: there or not, without fields.
    Relation,
}

/// What is done about what is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// The server is made to show it.
    #[default]
    Manage,
    /// It is compared with what the server shows, and a difference is told; nothing is written.
    Verify,
}

/// Whether an object shall be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ensure {
    /// It shall be there, and is created when missing.
    #[default]
    Present,
    /// It must be there already: a typo must not make an account.
    Existing,
    /// It must be there already, since something else requires it.
    Required,
    /// It shall not be there.
    Absent,
    /// Whether it is there does not matter; it is looked for all the same.
    Any,
}

/// One declared field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The operator's word for it.
    pub word: String,
    /// Where the server's document holds it.
    pub path: Path,
    /// How the two sides spell its values.
    pub spelling: Spelling,
    /// What is asked.
    pub want: Want,
    /// Where it is declared; nothing for what follows from the object itself.
    pub source: Option<Source>,
}

/// What is asked of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// What the object's address says already: sent at creation, never compared.
    Identity(Value),
    /// Sent at creation, not compared afterwards.
    Once(Value),
    /// Sent at creation; the server cannot change it afterwards, so that another value is a problem.
    Fixed(Value),
    /// Has this value.
    Is(Value),
    /// A list in which the owned keys are these items.
    Items {
        /// How items are told apart.
        by: Key,
        /// Which keys are ours.
        owned: Owned,
        /// Every item that shall be there under an owned key.
        items: Vec<Value>,
    },
    /// A secret that is sent at creation and can never be read back.
    Secret(SecretRef),
    /// The same, sent although there is one: that one is certainly, or may be, another.
    Resent(SecretRef),
    /// A secret that the server makes at creation.
    Generated,
    /// The secret of an application credential, which is made here when that is made; or that of a client.
    Issued(Address),
    /// A secret that the server makes anew.
    Renewed {
        /// Whether the one that is there ends at once.
        hard_cut: bool,
    },
    /// A secret that the server shows: it has this value.
    Known {
        /// Where it is found.
        reference: SecretRef,
        /// The value, once it has been read; without one, nothing can be compared.
        value: Option<Secret>,
    },
}

/// A collection in a Keycloak realm of which everything is said: what is in it and is not listed goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The realm.
    pub realm: String,
    /// What sort of things are in it, or have it.
    pub kind: KeycloakKind,
    /// What it is.
    pub of: Swept,
    /// What is done about what is not listed.
    pub mode: Mode,
    /// Where it is said.
    pub source: Source,
}

/// Links of a thing in Keystone of which everything is said: those that are there and are not listed go.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkSweep {
    /// The thing.
    pub of: Address,
    /// What sort of links.
    pub kind: KeystoneKind,
    /// What is done about those that are not listed.
    pub mode: Mode,
    /// Where it is said.
    pub source: Source,
}

/// What is swept.
#[derive(Clone, Debug, PartialEq)]
pub enum Swept {
    /// All such things that one thing has: those not listed go, but for those that come with the realm.
    All(Address),
    /// These keys of a list that each such thing has: what is not listed under them goes.
    Items {
        /// The operator's word for the list.
        word: String,
        /// Where it is.
        path: Path,
        /// How its items are told apart.
        by: Key,
        /// The keys.
        keys: Keys,
    },
}

/// An object as the server shows it. Without `Debug`: the body may show secrets.
#[derive(Clone)]
pub struct Live {
    /// The server's id; nothing for a document that is found by its place.
    pub id: Option<String>,
    /// Its JSON, normalised.
    pub body: Json,
}

impl Want {
    fn readdressed(self, other: &impl Fn(&Address) -> Address) -> Self {
        let value = |value: Value| match value {
            Value::Id(address) => Value::Id(other(&address)),
            json @ Value::Json(_) => json,
        };
        match self {
            Self::Identity(of) => Self::Identity(value(of)),
            Self::Once(of) => Self::Once(value(of)),
            Self::Fixed(of) => Self::Fixed(value(of)),
            Self::Is(of) => Self::Is(value(of)),
            Self::Items { by, owned, items } => {
                Self::Items { by, owned, items: items.into_iter().map(value).collect() }
            }
            Self::Issued(address) => Self::Issued(other(&address)),
            same
            @ (Self::Secret(_) | Self::Resent(_) | Self::Generated | Self::Renewed { .. } | Self::Known { .. }) => same,
        }
    }
}

impl Wanted {
    /// An object of the entity shape that is a document of its own, with no fields and requirements yet.
    #[must_use]
    pub fn entity(address: Address) -> Self {
        Self {
            document: address.clone(),
            address,
            shape: Shape::Entity,
            ensure: Ensure::Present,
            mode: Mode::Manage,
            fields: Vec::new(),
            requires: Vec::new(),
            sweeps: Vec::new(),
            link_sweeps: Vec::new(),
            renamed_from: None,
            source: None,
        }
    }

    /// The same, of an object that is called `name` on the server: what its address says is compared, too.
    #[must_use]
    pub fn renamed_from(mut self, name: &str) -> Self {
        self.renamed_from = Some(name.to_owned());
        for field in &mut self.fields {
            if let Want::Identity(value) = &field.want {
                field.want = Want::Is(value.clone());
            }
        }
        self
    }

    /// The same with other addresses.
    #[must_use]
    pub fn readdressed(self, other: &impl Fn(&Address) -> Address) -> Self {
        let Self {
            address,
            shape,
            ensure,
            mode,
            fields,
            requires,
            sweeps,
            link_sweeps,
            document,
            renamed_from,
            source,
        } = self;
        let field = |field: Field| Field { want: field.want.readdressed(other), ..field };
        let sweep = |sweep: Sweep| match sweep.of {
            Swept::All(of) => Sweep { of: Swept::All(other(&of)), ..sweep },
            of @ Swept::Items { .. } => Sweep { of, ..sweep },
        };
        Self {
            address: other(&address),
            shape,
            ensure,
            mode,
            fields: fields.into_iter().map(field).collect(),
            requires: requires.iter().map(other).collect(),
            sweeps: sweeps.into_iter().map(sweep).collect(),
            link_sweeps: link_sweeps.into_iter().map(|sweep| LinkSweep { of: other(&sweep.of), ..sweep }).collect(),
            document: other(&document),
            renamed_from,
            source,
        }
    }

    /// The same, to be compared only: whatever stands in the way of writing it says nothing about a difference.
    #[must_use]
    pub fn verified(mut self) -> Self {
        self.mode = Mode::Verify;
        if self.ensure == Ensure::Existing {
            self.ensure = Ensure::Present;
        }
        for sweep in &mut self.sweeps {
            sweep.mode = Mode::Verify;
        }
        for sweep in &mut self.link_sweeps {
            sweep.mode = Mode::Verify;
        }
        for field in &mut self.fields {
            if let Want::Fixed(value) = &field.want {
                field.want = Want::Is(value.clone());
            }
        }
        self
    }

    /// What tells statements apart: one object can be managed in some of its fields and verified in others.
    #[must_use]
    pub fn key(&self) -> (Address, Mode) {
        (self.address.clone(), self.mode)
    }
}
