//! The definitions of the kinds on a real API server of Kubernetes, which `make kubernetes-test` builds and `make test`
//! starts. Without it every test fails and says so. There is one server for all tests, and a namespace for each.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../harness/mod.rs"]
mod harness;
#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../model/mod.rs"]
mod model;

mod crash;
mod definitions;
mod delivery;
mod examples;
mod rules;
mod server;
