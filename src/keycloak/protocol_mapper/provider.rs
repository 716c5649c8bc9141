//! What a server says of a mapper's provider, and what follows for a declared mapper.
//!
//! The server accepts any config and any absence (seen on 26.0 and 26.7), so what is declared is checked here.

use std::collections::BTreeMap;

use super::wire;
use crate::model::Json;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Want, Wanted};
use crate::resource::Problem;

/// `wanted` in the terms of this server's provider, and what makes it impossible; what a mapper that is `there` has
/// already need not be given.
///
/// Words find the property of their usual name, else the only one that ends alike. What is neither declared nor
/// required is set at creation as the console does: to the provider's own default.
pub(super) fn adapt(wanted: &Wanted, there: bool, server: &Json) -> (Wanted, Vec<Problem>) {
    let mut wanted = wanted.clone();
    let asked = matches!(wanted.ensure, Ensure::Present | Ensure::Existing);
    let Some(provider_id) = provider_id(&wanted).filter(|_| asked) else { return (wanted, Vec::new()) };
    let providers = server.pointer("/protocolMapperTypes/openid-connect").and_then(Json::as_array);
    let named = |provider: &&Json| text(provider, "id") == Some(provider_id.as_str());
    let Some(provider) = providers.and_then(|providers| providers.iter().find(named)) else {
        let problem = Problem {
            address: wanted.address.clone(),
            source: source_of(&wanted, wire::PROVIDER),
            message: format!("this Keycloak has no protocol mapper provider `{provider_id}`"),
            hint: Some(absent_hint(&provider_id, providers.map_or(&[], Vec::as_slice))),
        };
        return (wanted, vec![problem]);
    };
    let properties = provider.get("properties").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let mut problems = translate(&mut wanted, &provider_id, properties);
    problems.extend(complete(&mut wanted, &provider_id, properties, there));
    (wanted, problems)
}

/// Calls each declared property by the provider's own name.
fn translate(wanted: &mut Wanted, provider_id: &str, properties: &[Json]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut words = BTreeMap::<Path, String>::new();
    for field in &mut wanted.fields {
        let [config, name] = field.path.keys() else { continue };
        let property = find(properties, name);
        let own_name = property.and_then(|property| text(property, "name")).unwrap_or(name);
        field.path = Path::new([config.as_str(), own_name]);
        let trouble = match (property, words.insert(field.path.clone(), field.word.clone())) {
            (None, _) => {
                let known = names(properties);
                Some(format!("provider `{provider_id}` has no property `{}`; it has {known}", field.path.keys()[1]))
            }
            (Some(_), Some(other)) => Some(format!("means the same property as {other}")),
            (Some(property), None) => secret(property).or_else(|| unlisted(property, &field.want)),
        };
        problems.extend(trouble.map(|message| Problem {
            address: wanted.address.clone(),
            source: field.source.clone(),
            message: format!("{}: {message}", field.word),
            hint: None,
        }));
    }
    problems
}

/// Adds what a new mapper gets besides: the provider's defaults, as the console sets them.
fn complete(wanted: &mut Wanted, provider_id: &str, properties: &[Json], there: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for property in properties {
        let Some(name) = text(property, "name") else { continue };
        let path = Path::new(["config", name]);
        if wanted.fields.iter().any(|field| field.path == path) {
            continue;
        }
        if let Some(default) = default(property) {
            let want = Want::Once(Value::Json(Json::String(default)));
            let word = word_for(name);
            wanted.fields.push(Field { word, path, spelling: Spelling::Text, want, source: None });
        } else if !there && property.get("required").and_then(Json::as_bool) == Some(true) {
            problems.push(Problem {
                address: wanted.address.clone(),
                source: wanted.source.clone(),
                message: format!("provider `{provider_id}` requires the property `{name}`"),
                hint: Some(format!("give `{}`", word_for(name))),
            });
        }
    }
    problems
}

fn provider_id(wanted: &Wanted) -> Option<String> {
    wanted.fields.iter().find_map(|field| match (&field.want, field.path.keys()) {
        (Want::Is(Value::Json(Json::String(id))), [key]) if key == wire::PROVIDER => Some(id.clone()),
        _ => None,
    })
}

fn source_of(wanted: &Wanted, key: &str) -> Option<crate::model::source::Source> {
    let field = wanted.fields.iter().find(|field| field.path.keys() == [key]);
    field.and_then(|field| field.source.clone()).or_else(|| wanted.source.clone())
}

/// The property of this name, else the only one that ends in the same word: `user.attribute` finds `attribute`.
fn find<'a>(properties: &'a [Json], name: &str) -> Option<&'a Json> {
    let exact = properties.iter().find(|property| text(property, "name") == Some(name));
    exact.or_else(|| {
        if ![wire::USER_ATTRIBUTE, wire::TOKEN_CLAIM].contains(&name) {
            return None;
        }
        let word = if name == wire::TOKEN_CLAIM { "claim.name" } else { "attribute" };
        let alike =
            |property: &&Json| text(property, "name").is_some_and(|name| squeeze(name).ends_with(&squeeze(word)));
        let mut alike = properties.iter().filter(alike);
        alike.next().filter(|_| alike.next().is_none())
    })
}

/// A name without case and separators.
fn squeeze(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// What is wrong with giving this property at all: a value in a spec is read by many.
fn secret(property: &Json) -> Option<String> {
    let is_secret = property.get("secret").and_then(Json::as_bool) == Some(true);
    let is_password = text(property, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"));
    (is_secret || is_password).then(|| {
        "the provider calls this property a secret, and a spec holds none: leave it out, and set it in the Keycloak \
         console"
            .to_owned()
    })
}

/// What is wrong with a value that the provider's list of options does not have.
fn unlisted(property: &Json, want: &Want) -> Option<String> {
    let options = property.get("options")?.as_array().filter(|options| !options.is_empty())?;
    let Want::Is(Value::Json(Json::String(value))) = want else { return None };
    let known: Vec<&str> = options.iter().filter_map(Json::as_str).collect();
    (!known.contains(&value.as_str())).then(|| format!("`{value}` is not one of {}", known.join(", ")))
}

fn default(property: &Json) -> Option<String> {
    match property.get("defaultValue")? {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        value @ (Json::Bool(_) | Json::Number(_)) => Some(value.to_string()),
        _ => None,
    }
}

fn text<'a>(json: &'a Json, key: &str) -> Option<&'a str> {
    json.get(key).and_then(Json::as_str)
}

fn names(properties: &[Json]) -> String {
    properties.iter().filter_map(|property| text(property, "name")).collect::<Vec<_>>().join(", ")
}

/// The operator's word for a property.
fn word_for(property: &str) -> String {
    let own = wire::WORDS.iter().find(|(name, _)| *name == property);
    own.map_or_else(|| format!("config.{property}"), |(_, word)| (*word).to_owned())
}

fn absent_hint(provider_id: &str, providers: &[Json]) -> String {
    let ids = providers.iter().filter_map(|provider| text(provider, "id"));
    let nearest = ids.max_by(|one, other| {
        strsim::jaro_winkler(one, provider_id).total_cmp(&strsim::jaro_winkler(other, provider_id))
    });
    let nearest = nearest.map(|id| format!("; the nearest installed one is `{id}`")).unwrap_or_default();
    format!("install the provider's jar in this Keycloak, or correct `type`{nearest}")
}
