//! Infrastructure as code for OpenStack clouds whose people log in through Keycloak.
//!
//! # How it works
//! *load → resolve → observe → diff → plan → execute → report*: see [`pipeline`], which is nothing but these arrows.
//! Two servers stand behind one contract, [`resource`]: [`keycloak`] and [`keystone`]; and beside them the places that
//! access is delivered to, [`sink`]. The command line, [`cli`], is a thin front-end.
//!
//! | module | what it is |
//! |---|---|
//! | [`spec`] | what the operator wrote: documents, with the place of every field |
//! | [`resolve`] | what it means: references, addresses, defaults; documents merged by field |
//! | [`model`] | the nouns that all stages share |
//! | [`resource`] | the contract between the stages and the backends |
//! | [`shape`] | how resources behave: wanted and live become steps |
//! | [`backend`] | which of them answers for an address |
//! | [`rotation`] | which generations of application credentials there shall be, which secrets of clients are made anew |
//! | [`observe`] | one bulk look at everything that is wanted |
//! | [`plan`] | what will happen, in which order; what is dangerous about it |
//! | [`owner`] | the owners of application credentials, who alone can make them |
//! | [`execute`] | making it so, and proving it |
//! | [`access`] | what access is worth: what is promised, what a token says, why they differ |
//! | [`report`] | renderings |
//! | [`schema`] | what is generated from the types of [`spec`]: for editors, clusters and people |
//! | [`delivery`] | what a person needs to log in, looked up |
//! | [`tokens`] | whether the tokens of the declared people carry what they are promised |
//! | [`trial`] | a person's login, tried stage by stage |
//! | [`http`] | transport: one login each, out of which come readers and writers |
//!
//! # Invariants
//! Those that can be read off the sources are tested in `tests/architecture.rs`.
//!
//! - `model`, `shape`, `plan`, `resolve`, `rotation`, `access` and `report` do no I/O; a resource's `write` is pure.
//! - Only [`execute`] holds a [`http::Writer`]: planning cannot write.
//! - No stage uses a later one; backends use neither each other nor a front-end.
//! - Order is decided in [`plan`] only; printing happens in `cli/terminal.rs` only; the process environment is read
//!   in [`cli`] only.
//! - A plan holds no secret: there is no place for one. A [`secret::Secret`] can be neither printed nor serialised.
//! - What is sent is what was shown: [`shape::overlay`] has the only comparison and the only merge.
//! - An incomplete view is never taken for absence, and a write is believed when it has been seen.

pub mod access;
pub mod backend;
pub mod cli;
pub mod delivery;
pub mod diagnostic;
pub mod execute;
pub mod http;
pub mod keycloak;
pub mod keystone;
pub mod model;
pub mod observe;
pub mod owner;
pub mod pipeline;
pub mod plan;
pub mod report;
pub mod resolve;
pub mod resource;
pub mod rotation;
pub mod schema;
pub mod secret;
pub mod shape;
pub mod sink;
pub mod spec;
pub mod tokens;
pub mod trial;
