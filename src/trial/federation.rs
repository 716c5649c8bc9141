//! The half of a login that is Keystone's: the federation address behind Apache, the token that it gives, a project.

use std::collections::BTreeSet;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

use super::refusal::{self, Entry};
use super::token::Session;
use super::{Stage, Stopped, Trial};
use crate::access::cause::Cause;
use crate::access::{Roles, beyond, in_words};
use crate::http::failure::{Failure, Kind};
use crate::http::route::Route;
use crate::http::{exchange, sensitive};
use crate::keystone::session::{entrance, subject};
use crate::model::Json;
use crate::model::address::decode;
use crate::secret::Secret;
use crate::spec::grant::Grant;

/// A token of Keystone for a person, without a project.
pub(super) struct Unscoped {
    pub(super) token: Secret,
    /// Where it was got.
    pub(super) address: String,
    /// Whose it is, for people.
    pub(super) who: String,
}

impl Trial<'_> {
    /// The fourth and the fifth stage: one request, which Apache must let through and Keystone must like.
    pub(super) async fn enter(&self, session: &Session, carried: &Roles) -> Result<Unscoped, Stopped> {
        let route = entrance(&self.site.identity_provider, &self.site.protocol);
        let bearer = format!("Bearer {}", session.access.expose());
        let address = self.attempt(&Method::POST, &route);
        let sent = self.send(&Method::POST, &route, &[("authorization", &bearer)], None).await;
        let (headers, answer) = sent.map_err(|failure| {
            let entry = Entry {
                provider: &self.site.identity_provider,
                protocol: &self.site.protocol,
                realm: &self.site.realm,
                claim: self.claim,
                carried,
                length: bearer.len(),
            };
            entry.refused(&failure)
        })?;
        let user = answer.pointer("/token/user").cloned().unwrap_or_default();
        let text = |pointer: &str| user.pointer(pointer).and_then(Json::as_str).unwrap_or("(nobody)").to_owned();
        let who = format!("it knows {} of domain {} (id {})", text("/name"), text("/domain/name"), text("/id"));
        let token = subject(&headers, &address).map_err(|failure| Stopped::at(Stage::Keystone, &failure))?;
        Ok(Unscoped { token, address, who })
    }

    /// The sixth stage. Gives no token where there is no project to ask for one.
    pub(super) async fn scope(
        &self,
        unscoped: &Unscoped,
        carried: &Roles,
    ) -> Result<(Option<Secret>, String), Stopped> {
        let stage = Stage::Scope;
        let Some((domain, project)) = self.project_of(carried) else {
            return Ok((None, "the person has no grant, so that there is no project to work in".to_owned()));
        };
        let body = json!({"auth": {
            "identity": {"methods": ["token"], "token": {"id": unscoped.token.expose()}},
            "scope": {"project": {"name": project, "domain": {"name": domain}}},
        }});
        let route = Route::new(["v3", "auth", "tokens"]);
        let (headers, answer) = match self.send(&Method::POST, &route, &[], Some(&body)).await {
            Ok(answer) => answer,
            Err(failure) => {
                let open = self.open_projects(unscoped).await;
                let cause = refusal::of_scope(&failure, (&domain, &project), carried, open.as_deref());
                return Err(Stopped::explained(stage, &failure, cause));
            }
        };
        let token =
            subject(&headers, &self.attempt(&Method::POST, &route)).map_err(|failure| Stopped::at(stage, &failure))?;
        let names = answer.pointer("/token/roles").and_then(Json::as_array).into_iter().flatten();
        let names = names.filter_map(|role| role.get("name").and_then(Json::as_str).map(str::to_owned));
        let key = Grant { domain, project, roles: BTreeSet::new() }.key();
        let held = Roles::from([(key.clone(), names.collect())]);
        let promised: Roles = self.promised().into_iter().filter(|(project, _)| *project == key).collect();
        let missing = beyond(&promised, &held);
        if missing.is_empty() {
            return Ok((Some(token), format!("a token with the roles {}", in_words(&held))));
        }
        // It is given back although nobody gets to see it.
        let _given_back = self.revoke(&token).await;
        let cause = Cause {
            why: "another login at the same moment, or a second mapping rule, gives the person other roles".to_owned(),
            next: "try it again; then look at the rules of the mapping".to_owned(),
        };
        let what =
            format!("the token has the roles {}, and the spec promises {}", in_words(&held), in_words(&promised));
        Err(Stopped::because(stage, what, cause))
    }

    /// The project to ask for: the one that is asked for, else the first that is promised or carried with a role.
    fn project_of(&self, carried: &Roles) -> Option<(String, String)> {
        if let Some((domain, name)) = self.project {
            return Some((domain.to_owned(), name.to_owned()));
        }
        let promised = self.promised();
        let mut candidates = promised.iter().chain(carried).filter(|(_, roles)| !roles.is_empty());
        let (key, _) = candidates.next()?;
        let (domain, name) = key.split_once('/')?;
        Some((decode(domain)?, decode(name)?))
    }

    /// The names of the projects that the person can work in.
    async fn open_projects(&self, unscoped: &Unscoped) -> Option<Vec<String>> {
        let route = Route::new(["v3", "auth", "projects"]);
        let token = [("x-auth-token", unscoped.token.expose())];
        let (_, answer) = self.send(&Method::GET, &route, &token, None).await.ok()?;
        let projects = answer.get("projects")?.as_array()?.iter();
        Some(projects.filter_map(|project| project.get("name")?.as_str().map(str::to_owned)).collect())
    }

    /// Ends a token.
    pub(super) async fn revoke(&self, token: &Secret) -> Result<(), Failure> {
        let headers = [("x-auth-token", token.expose()), ("x-subject-token", token.expose())];
        let route = Route::new(["v3", "auth", "tokens"]);
        self.send(&Method::DELETE, &route, &headers, None).await.map(|_| ())
    }

    async fn send(
        &self,
        method: &Method,
        route: &Route,
        headers: &[(&'static str, &str)],
        body: Option<&Json>,
    ) -> Result<(HeaderMap, Json), Failure> {
        let attempt = self.attempt(method, route);
        let url = route.below(&self.environment.keystone);
        let url = url.map_err(|error| Failure::new(Kind::Unformed, &attempt).because(error))?;
        let mut request = self.http.request(method.clone(), url);
        for (name, value) in headers {
            request = request.header(*name, sensitive(value, &attempt)?);
        }
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        exchange(request, &attempt).await
    }

    fn attempt(&self, method: &Method, route: &Route) -> String {
        let url = route.below(&self.environment.keystone).map_or_else(|_| route.to_string(), |url| url.to_string());
        format!("{method} {url}")
    }
}
