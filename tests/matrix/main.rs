//! The promises, counted: each row of the matrix in `tests/README.md` is a module here. `make matrix-test` runs a sample
//! that is large enough to be believed, `make test-long` all of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../harness/mod.rs"]
mod harness;
#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../model/mod.rs"]
mod model;

mod bad_input;
mod client_secrets;
mod cloud;
mod cost;
mod crash;
mod credentials;
mod faults;
mod files;
mod interrupts;
mod life;
mod lists;
mod memory;
mod ownership;
mod programs;
mod random;
mod scene;
mod secrets;
mod tally;
mod transport;
mod writers;
