//! What a declared user means.

use super::grants::Grants;
use crate::model::address::Address;
use crate::spec::access;

/// A user as declared, with grants resolved.
#[derive(Clone)]
pub struct Person {
    /// What is written.
    pub user: access::User,
    /// Its grants, if the document speaks of them.
    pub grants: Option<Grants>,
    /// The attribute that holds grants in this realm.
    pub grant_attribute: String,
    /// What must be there before the account, besides the granted projects.
    pub requires: Vec<Address>,
}
