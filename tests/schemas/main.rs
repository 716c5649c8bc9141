//! What is generated from the types is what stands in the repository, accepts what is meant, and is as strict as the
//! loader.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod command;
mod documents;
mod examples;
mod generated;
mod strictness;
