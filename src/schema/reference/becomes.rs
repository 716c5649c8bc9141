//! What becomes of the fields of the language on the servers. It is not written down anywhere: documents in which every
//! field is given go through the same stages as an operator's, and what is wanted of the servers then says where it was
//! written.

use std::collections::{BTreeMap, BTreeSet};

use super::field::{ANY, Field, Holds, Kind};
use crate::diagnostic::Diagnostics;
use crate::model::address::Address;
use crate::model::source::{Origin, Source};
use crate::model::spelling::Spelling;
use crate::model::wanted::{Ensure, Wanted};
use crate::pipeline::understand;
use crate::spec::load;

/// What is wanted when every field is given, and where each was written.
pub(super) struct Servers {
    origins: BTreeMap<String, Origin>,
    pub(super) wanted: Vec<Wanted>,
}

impl Servers {
    /// Gives every field of these kinds.
    pub(super) fn of(kinds: &[Kind]) -> Self {
        let documents: Vec<String> = kinds.iter().map(|kind| format!("---\n{:#}\n", kind.example)).collect();
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        // What excludes each other is complained about; what becomes of it is stated by its type.
        let mut complaints = Diagnostics::default();
        let loaded = load::read(&["-".into()], documents.concat().as_bytes(), &names, &mut complaints);
        let origins = loaded.iter().map(|document| (document.kind.clone(), document.origin.clone())).collect();
        let wanted = understand(loaded, None, &mut complaints).map(|spec| spec.wanted).unwrap_or_default();
        Self { origins, wanted }
    }

    /// What becomes of a field: a field of a server's object, an object, or what its type states.
    pub(super) fn becomes(&self, kind: &Kind, field: &Field) -> Vec<String> {
        let Some(origin) = self.origins.get(kind.name) else { return Vec::new() };
        let given = kind.example.pointer(&field.pointer).is_some();
        let mut found: Vec<String> = match &field.holds {
            _ if !given => Vec::new(),
            Holds::Fields => match self.objects(&origin.at(&field.pointer)) {
                objects if objects.is_empty() => self.fields(origin, field),
                objects => objects,
            },
            Holds::Collection(_) => self.objects(&origin.at(&format!("{}/0", field.pointer))),
            Holds::Map(_) => self.map(origin, field),
            _ => self.fields(origin, field),
        };
        let within = format!("{}/", field.pointer);
        if found.is_empty() && field.stated.is_none() && kind.fields.iter().any(|one| one.pointer.starts_with(&within))
        {
            found.push("what is in it".to_owned());
        }
        found.extend(field.stated.clone());
        found.dedup();
        found
    }

    /// The objects that are declared at a place, without those that must be there already for them.
    fn objects(&self, place: &Source) -> Vec<String> {
        let declared = self.wanted.iter().filter(|wanted| wanted.source.as_ref() == Some(place));
        let declared = declared.filter(|wanted| !matches!(wanted.ensure, Ensure::Required | Ensure::Any));
        declared.map(|wanted| thing(&wanted.address)).collect()
    }

    /// The fields that are declared by this one.
    fn fields(&self, origin: &Origin, field: &Field) -> Vec<String> {
        let mut found = self.written(&origin.at(&field.pointer));
        // What follows from an object itself has no place of its own, but its word.
        for (object, word) in splits(&field.pointer) {
            let place = origin.at(object);
            for wanted in self.wanted.iter().filter(|wanted| wanted.source.as_ref() == Some(&place)) {
                let same = wanted.fields.iter().filter(|one| one.word == word);
                found.extend(same.map(|one| member(&wanted.address, &one.path.to_string(), one.spelling)));
            }
        }
        let mut told = BTreeSet::new();
        found.retain(|one| told.insert(one.clone()));
        found
    }

    /// The fields, or the objects, of a map with one entry.
    fn map(&self, origin: &Origin, field: &Field) -> Vec<String> {
        let entry = format!("{}/{ANY}", field.pointer);
        let fields = self.written(&origin.at(&entry)).into_iter();
        let fields = fields.map(|member| member.replace(&format!("{ANY}`"), "NAME`"));
        fields.chain(self.objects(&origin.at(&format!("{entry}/0")))).collect()
    }

    fn written(&self, place: &Source) -> Vec<String> {
        let all = self.wanted.iter().flat_map(|wanted| wanted.fields.iter().map(move |field| (wanted, field)));
        let here = all.filter(|(_, field)| field.source.as_ref() == Some(place));
        here.map(|(wanted, field)| member(&wanted.address, &field.path.to_string(), field.spelling)).collect()
    }
}

/// Each way to say a field as an object and a word in it: `/spec/a/0/b/c` is `b.c` of the object `/spec/a/0`.
fn splits(pointer: &str) -> impl Iterator<Item = (&str, String)> {
    let slashes = pointer.match_indices('/').skip(2);
    slashes.map(|(at, _)| (&pointer[..at], pointer[at + 1..].replace('/', ".")))
}

/// A field of an object.
fn member(address: &Address, path: &str, spelling: Spelling) -> String {
    let how = match spelling {
        Spelling::Same | Spelling::Policy | Spelling::Password => "",
        Spelling::Policies => ", joined by `and`",
        Spelling::Words => ", joined by blanks",
        Spelling::Capitals => ", in capitals",
        Spelling::Inverted => ", the opposite",
        Spelling::Text => ", as text",
        Spelling::Joined => ", joined by `##`",
        Spelling::Duration => ", in seconds",
        Spelling::Utc => ", as a time",
    };
    format!("{} `{path}`{how}", thing(address))
}

/// What sort of thing an address names.
fn thing(address: &Address) -> String {
    let address = address.to_string();
    let mut parts = address.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("keycloak"), Some(_), Some(sort)) => format!("Keycloak {sort}"),
        (Some(_), Some(sort), _) => format!("Keystone {sort}"),
        _ => address,
    }
}
