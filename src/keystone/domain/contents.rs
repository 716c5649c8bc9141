//! What dies with a domain, looked for only when one goes; and what does not: its roles stay behind, where no list shows
//! them (seen on 30).

use std::collections::BTreeSet;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::keystone::{identity_provider, list, role};
use crate::model::Json;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Warning, counted};

/// What is told of the domain that goes.
pub(super) async fn warnings(reader: &Reader, wanted: &Wanted, live: &Live) -> Result<Vec<Warning>, Failure> {
    let id = live.id.as_deref().unwrap_or_default();
    let text = |of: &Json, key: &str| of.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let is_in = |of: &Json| text(of, "domain_id") == id;
    let (mut projects, mut protected) = (BTreeSet::new(), BTreeSet::new());
    list::each(reader, "projects", |project| {
        if is_in(project) {
            projects.insert(text(project, "name"));
            let is_protected = project.pointer("/options/immutable") == Some(&Json::Bool(true));
            protected.extend(is_protected.then(|| text(project, "name")));
        }
    })
    .await?;
    let mut all = vec![("project", projects)];
    for (word, collection) in [("user", "users"), ("group", "groups")] {
        let mut names = BTreeSet::new();
        let route = Route::new(["v3", collection]).with("domain_id", id);
        list::filtered(reader, &route, collection, |object| names.extend([text(object, "name")])).await?;
        all.push((word, names));
    }
    let providers = identity_provider::all(reader).await?;
    all.push((
        "identity provider",
        providers.iter().filter(|provider| is_in(provider)).map(|it| text(it, "id")).collect(),
    ));
    let roles = role::of_domain(reader, id).await?;
    let roles: BTreeSet<String> = roles.iter().map(|role| text(role, "name")).collect();
    let told = |message: String, hint: &str| Warning {
        address: wanted.address.clone(),
        source: wanted.source.clone(),
        message,
        hint: Some(hint.to_owned()),
    };
    let mut warnings = Vec::new();
    let dying: Vec<String> = all.iter().filter_map(|(word, names)| counted(word, names)).collect();
    if !dying.is_empty() {
        warnings.push(told(
            format!("takes with it what is in it now: {}", dying.join("; ")),
            "look whether anybody needs any of it",
        ));
    }
    if let Some(protected) = counted("protected project", &protected) {
        warnings.push(told(
            format!("holds what stops Keystone half-way, unless it goes before: {protected}"),
            "let it go first, as one of the `projects`, with `ensure: absent`",
        ));
    }
    if let Some(roles) = counted("role", &roles) {
        warnings.push(told(
            format!("leaves behind, where no list shows it, what does not go before: {roles}"),
            "let it go first, as one of the `roles`, with its `domain` and `ensure: absent`",
        ));
    }
    Ok(warnings)
}
