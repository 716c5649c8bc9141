//! What the tests of the real binary share: running it, watching what it says, talking to servers beside it.
//!
//! Nothing here knows a resource. `stage`, `scenario` and `sweep` alone know the model servers.

pub(crate) mod data;
pub(crate) mod http;
pub(crate) mod proxy;
pub(crate) mod readable;
pub(crate) mod readme;
pub(crate) mod scenario;
pub(crate) mod secrets;
pub(crate) mod snapshot;
pub(crate) mod stage;
pub(crate) mod sweep;
pub(crate) mod tool;
pub(crate) mod vault;
