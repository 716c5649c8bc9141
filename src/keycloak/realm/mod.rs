//! A realm itself: how people log in to it, and how long that lasts. What is in it are resources of their own.
//!
//! Its id is its issuer: that is what Keystone knows it by. It is read from the realm's discovery document, and
//! composed only while it is not to be read: before a realm is made, or gets another frontend address.

mod settings;
mod wire;

use crate::http::Reader;
use crate::http::failure::{Failure, Kind};
use crate::keycloak::identity_provider::word;
use crate::keycloak::{client_role, client_scope, hidden, realm_role, settings as as_they_are};
use crate::model::Json;
use crate::model::address::{Address, Ids, KeycloakKind};
use crate::model::declared::{Declared, Fields};
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::step::{Action, Step};
use crate::model::value::Value;
use crate::model::wanted::{Ensure, Field, Live, Want, Wanted};
use crate::resource::{Ask, Found, IdSource, Request, Resource, Unsendable};
use crate::spec::{self, realm as words};

/// The resource `keycloak/REALM/realm`.
pub struct Realm;

impl Resource for Realm {
    type Declared = Declared<words::Realm>;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        let Declared { address, at, value } = declared;
        let words::Realm {
            environment: _,
            realm: _,
            ensure,
            display_name,
            display_name_html,
            enabled,
            require_ssl,
            login_with_email,
            duplicate_emails,
            email_as_username,
            registration,
            remember_me,
            reset_password,
            verify_email,
            edit_username,
            access_token_lifespan,
            sso_session_idle,
            sso_session_max,
            sessions: _,
            tokens: _,
            password_policy,
            otp_policy: _,
            brute_force_protection: _,
            email: _,
            events: _,
            internationalization: _,
            themes: _,
            frontend_url,
            settings,
            keycloak: _,
            login: _,
            grant_attribute: _,
            user_profile: _,
            roles: _,
            client_scopes: _,
            clients: _,
            default_groups: _,
            identity_providers: _,
            authoritative: _,
            modes: _,
            identity_provider: _,
        } = value;
        let key = |key| Path::new([key]);
        let (same, duration) = (Spelling::Same, Spelling::Duration);
        let fields = Fields::at(at).identity("realm", key("realm"), Value::Json(super::realm(address).into())).is(
            "displayName",
            key("displayName"),
            same,
            display_name.as_deref(),
        );
        let fields = match enabled {
            Some(enabled) => fields.is("enabled", key("enabled"), same, Some(*enabled)),
            None => fields.once("enabled", key("enabled"), true),
        };
        let fields = fields
            .is("displayNameHtml", key("displayNameHtml"), same, display_name_html.as_deref())
            .is("requireSsl", key("sslRequired"), same, require_ssl.and_then(word))
            .is("loginWithEmail", key("loginWithEmailAllowed"), same, *login_with_email)
            .is("duplicateEmails", key("duplicateEmailsAllowed"), same, *duplicate_emails)
            .is("emailAsUsername", key("registrationEmailAsUsername"), same, *email_as_username)
            .is("registration", key("registrationAllowed"), same, *registration)
            .is("rememberMe", key("rememberMe"), same, *remember_me)
            .is("resetPassword", key("resetPasswordAllowed"), same, *reset_password)
            .is("verifyEmail", key("verifyEmail"), same, *verify_email)
            .is("editUsername", key("editUsernameAllowed"), same, *edit_username)
            .is("accessTokenLifespan", key("accessTokenLifespan"), duration, *access_token_lifespan)
            .is("ssoSessionIdle", key("ssoSessionIdleTimeout"), duration, *sso_session_idle)
            .is("ssoSessionMax", key("ssoSessionMaxLifespan"), duration, *sso_session_max)
            .is("passwordPolicy", key(wire::PASSWORD_POLICY), Spelling::Policies, password_policy.clone())
            .is("frontendUrl", frontend_url_path(), same, frontend_url.as_deref());
        let mut fields = fields.into_vec();
        fields.extend(settings::fields(value, at));
        fields.extend(settings.iter().flat_map(|settings| as_they_are::fields(settings, &at.field("settings"))));
        let ensure = ensure.unwrap_or(spec::Ensure::Existing).into();
        Wanted { fields, ensure, source: Some(at.source()), ..Self::bare(address.clone()) }
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let mut found = Found::default();
        for wanted in &ask.wanted {
            let realm = super::realm(&wanted.address);
            if wanted.ensure == Ensure::Required {
                let id = known_outside(reader, realm).await?;
                let live = id.map(|id| Live { id: Some(id), body: Json::Object(serde_json::Map::new()) });
                found.live.extend(live.map(|live| (wanted.address.clone(), live)));
                continue;
            }
            let body = match reader.object(&of(realm)).await {
                Ok(body) => body,
                Err(failure) if is_missing(&failure) => continue,
                Err(failure) => return Err(failure),
            };
            if wire::is_cut(&body) && wanted.ensure != Ensure::Absent && wanted.fields.iter().any(is_compared) {
                let failure = Failure::new(Kind::Forbidden, format!("GET {}", of(realm)));
                let hint = format!("the tool's account needs the role `view-realm` of realm `{realm}`");
                return Err(failure.because("the answer shows but a few fields of the realm").hint(hint));
            }
            let id = issuer(reader, realm, wanted, &body).await?;
            let body = Self::normalise(body.as_ref().clone());
            found.adapted.extend(hidden::resent(wanted, &body));
            found.live.insert(wanted.address.clone(), Live { id: Some(id), body });
        }
        Ok(found)
    }

    fn normalise(body: Json) -> Json {
        wire::normalise(body)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Ok(wire::write(step))
    }

    fn learns_id() -> IdSource {
        IdSource::Look
    }

    /// With a realm come some clients, client scopes and roles; and in the administrators' realm, a client that stands for it.
    fn brings(step: &Step, other: &Address) -> bool {
        let Address::Keycloak { realm, kind, names } = other else { return false };
        let made = super::realm(&step.address);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let stands_for_it = |client: &str| realm == PATTERN && client == format!("{made}-realm");
        step.action == Action::Create
            && match (kind, names.as_slice()) {
                (KeycloakKind::Client, [client]) if stands_for_it(client) => true,
                (KeycloakKind::ClientRole, [client, role]) if stands_for_it(client) => {
                    client_role::is_administrators(role)
                }
                (KeycloakKind::RealmRole, [role]) => realm == made && realm_role::is_built_in(made, role),
                (KeycloakKind::ClientScope, [scope]) => realm == made && client_scope::is_built_in(scope),
                (KeycloakKind::Client, [client]) => realm == made && client_role::is_client_built_in(client),
                (KeycloakKind::ClientRole, [client, role]) => realm == made && client_role::is_built_in(client, role),
                _ => false,
            }
    }
}

fn frontend_url_path() -> Path {
    Path::new([wire::ATTRIBUTES, "frontendUrl"])
}

fn is_compared(field: &Field) -> bool {
    match field.want {
        Want::Identity(_)
        | Want::Once(_)
        | Want::Fixed(_)
        | Want::Issued(_)
        | Want::Renewed { .. }
        | Want::Generated => false,
        // Whether there is a secret is looked at.
        Want::Is(_) | Want::Items { .. } | Want::Known { .. } | Want::Secret(_) | Want::Resent(_) => true,
    }
}

/// The realm's issuer, once all that is asked of it is done.
async fn issuer(reader: &Reader, realm: &str, wanted: &Wanted, body: &Json) -> Result<String, Failure> {
    let path = frontend_url_path();
    let shown = path.get(body).and_then(Json::as_str).unwrap_or_default();
    let asked = wanted.fields.iter().find_map(|field| match &field.want {
        Want::Is(Value::Json(Json::String(url))) if field.path == path => Some(url.as_str()),
        _ => None,
    });
    match asked.filter(|asked| *asked != shown) {
        None => discovered(reader, realm).await,
        // Without an address of its own, the realm follows the server's as the administrators' realm does.
        Some("") => {
            let pattern = discovered(reader, PATTERN).await?;
            Ok(format!("{}/{realm}", pattern.strip_suffix(&format!("/{PATTERN}")).unwrap_or(&pattern)))
        }
        Some(url) => Ok(format!("{}/realms/{realm}", url.trim_end_matches('/'))),
    }
}

/// The realm that every server has.
const PATTERN: &str = "master";

/// The issuer of a realm that is only referred to: anybody may see it. Nothing if there is no such realm.
async fn known_outside(reader: &Reader, realm: &str) -> Result<Option<String>, Failure> {
    match discovered(reader, realm).await {
        Ok(issuer) => Ok(Some(issuer)),
        Err(failure) if is_missing(&failure) => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn discovered(reader: &Reader, realm: &str) -> Result<String, Failure> {
    let route = wire::discovery(realm);
    let document = reader.get(&route).await?;
    let issuer = document.get("issuer").and_then(Json::as_str).map(str::to_owned);
    issuer.ok_or_else(|| reader.unreadable(&route, "the answer is no discovery document"))
}

pub(super) use wire::{is_missing, of};

#[cfg(test)]
mod tests;
