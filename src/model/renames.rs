//! Objects that a server still knows by another name than the spec. What is named after them is so, too: each address has
//! one form in the spec and one on the server.

use std::collections::BTreeMap;

use super::address::Address;

/// Names on a server that differ from those of the spec.
#[derive(Clone, Debug, Default)]
pub struct Renames {
    /// The own names there, by the address in the spec.
    there: BTreeMap<Address, String>,
    /// The own names in the spec, by the address there.
    here: BTreeMap<Address, String>,
}

impl Renames {
    /// The object of the spec at `address` is called `name` on the server. What it is in must have been added before.
    pub fn add(&mut self, address: &Address, name: &str) {
        self.there.insert(address.clone(), name.to_owned());
        self.here.insert(self.there(address), address.name().to_owned());
    }

    /// Its own name on the server, where that is another one.
    #[must_use]
    pub fn name(&self, address: &Address) -> Option<&str> {
        self.there.get(address).map(String::as_str)
    }

    /// The address on the server of what the spec calls `address`.
    #[must_use]
    pub fn there(&self, address: &Address) -> Address {
        translated(address, &self.there)
    }

    /// The address in the spec of what is at `address` on the server.
    #[must_use]
    pub fn here(&self, address: &Address) -> Address {
        translated(address, &self.here)
    }
}

fn translated(address: &Address, names: &BTreeMap<Address, String>) -> Address {
    let others = address.named().into_iter().filter_map(|(index, object)| Some((index, names.get(&object)?)));
    others.fold(address.clone(), |address, (index, name)| address.with_name(index, name))
}

#[cfg(test)]
mod tests;
