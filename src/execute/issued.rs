//! The secrets of application credentials: made here when one is made, and known from nowhere else afterwards but the
//! places that they were delivered to.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use crate::model::address::Address;
use crate::secret::Secret;

/// How many random bytes a secret is made of: 43 letters, of which Keystone keeps every one (bcrypt stops at 72).
const BYTES: usize = 32;

/// The secrets of a run.
#[derive(Default)]
pub struct Issued {
    made: Mutex<BTreeMap<Address, Secret>>,
}

/// The machine gives no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers to make a secret of")]
pub(super) struct NoRandom;

impl Issued {
    /// Makes the secret of a credential; the same one whenever it is asked for.
    ///
    /// # Errors
    /// [`NoRandom`].
    pub(super) fn make(&self, credential: &Address) -> Result<Secret, NoRandom> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = made.get(credential) {
            return Ok(secret.clone());
        }
        let mut bytes = Zeroizing::new([0; BYTES]);
        SystemRandom::new().fill(bytes.as_mut_slice()).map_err(|_| NoRandom)?;
        let secret = Secret::new(URL_SAFE_NO_PAD.encode(*bytes));
        made.insert(credential.clone(), secret.clone());
        Ok(secret)
    }

    /// The secret of a credential, as it was made in this run.
    pub(super) fn made(&self, credential: &Address) -> Option<Secret> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).get(credential).cloned()
    }
}
