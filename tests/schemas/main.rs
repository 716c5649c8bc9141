//! What is generated from the types is what stands in the repository, and is as strict as the loader.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod generated;
