//! The nouns all stages share. No I/O, no server's peculiarities.

pub mod address;
pub mod change;
pub mod declared;
pub mod path;
pub mod renames;
pub mod source;
pub mod spelling;
pub mod step;
pub mod value;
pub mod wanted;

/// A JSON value.
pub type Json = serde_json::Value;
