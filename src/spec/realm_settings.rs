//! What a realm does with logins, sessions, tokens, passwords, mails and events: the pages of a realm's settings. All of it
//! becomes fields of the one document of the realm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::duration::{Seconds, SecondsOrNone};
use super::hidden_secret::HiddenSecret;

/// Which connections must be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RequireSsl {
    /// All.
    All,
    /// All but those from private addresses.
    External,
    /// None.
    None,
}

/// The themes of a realm's pages and mails, by name; the server's own where the name is empty.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Themes {
    /// Of the pages on which people log in.
    pub login: Option<String>,
    /// Of the pages on which people look after their account.
    pub account: Option<String>,
    /// Of the console of administrators.
    pub admin: Option<String>,
    /// Of mails.
    pub email: Option<String>,
}

/// How long sessions last, besides `ssoSessionIdle` and `ssoSessionMax`. `0s` says that nothing of its own is said.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sessions {
    /// How long one that outlives the browser lasts without being used.
    pub remember_me_idle: Option<SecondsOrNone>,
    /// How long one that outlives the browser lasts at most.
    pub remember_me_max: Option<SecondsOrNone>,
    /// How long one of a client lasts without being used.
    pub client_idle: Option<SecondsOrNone>,
    /// How long one of a client lasts at most.
    pub client_max: Option<SecondsOrNone>,
    /// How long one lasts without being used that needs nobody to be logged in.
    pub offline_idle: Option<Seconds>,
    /// Whether there is an end to one that needs nobody to be logged in.
    pub offline_max_limited: Option<bool>,
    /// How long one lasts at most that needs nobody to be logged in, where there is an end to it.
    pub offline_max: Option<Seconds>,
    /// How long one of a client lasts without being used that needs nobody to be logged in.
    pub client_offline_idle: Option<SecondsOrNone>,
    /// How long one of a client lasts at most that needs nobody to be logged in.
    pub client_offline_max: Option<SecondsOrNone>,
    /// How long a person may take to log in.
    pub login: Option<Seconds>,
    /// How long a person may take for what a login demands, such as a new password.
    pub login_action: Option<Seconds>,
}

/// What tokens are like, besides `accessTokenLifespan`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tokens {
    /// The algorithm that they are signed by, such as `RS256`.
    pub signature_algorithm: Option<String>,
    /// Whether a refresh token ends when it has been used as often as `refreshTokenReuse` says.
    pub revoke_refresh_token: Option<bool>,
    /// How often a refresh token can be used once more.
    pub refresh_token_reuse: Option<u32>,
    /// How long an access token lives that is returned in an address.
    pub implicit_lifespan: Option<Seconds>,
    /// How long a client may take to exchange a login for tokens.
    pub client_login: Option<Seconds>,
    /// How long a link lives that a person has asked for: to a forgotten password, to a mail address.
    pub user_action: Option<Seconds>,
    /// How long a link lives that an administrator has sent.
    pub admin_action: Option<Seconds>,
    /// How long the code of a device lives.
    pub device_code: Option<Seconds>,
    /// How long a device must wait before it asks again.
    pub device_polling: Option<Seconds>,
}

/// What is done about those who try passwords.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BruteForceProtection {
    /// Whether anything is done.
    pub enabled: Option<bool>,
    /// Whether an account is locked until an administrator opens it.
    pub permanent: Option<bool>,
    /// After how many locks that end an account is locked for good, where `permanent` is said.
    pub max_temporary_lockouts: Option<u32>,
    /// After how many failures an account is locked.
    pub max_failures: Option<u32>,
    /// How the time grows for which an account is locked.
    pub strategy: Option<BruteForceStrategy>,
    /// For how long an account is locked at first, and by how much longer each time.
    pub wait_increment: Option<SecondsOrNone>,
    /// For how long an account is locked at most.
    pub max_wait: Option<SecondsOrNone>,
    /// After how long failures are forgotten.
    pub failure_reset: Option<SecondsOrNone>,
    /// Two failures within so many milliseconds are too quick.
    pub quick_login_milliseconds: Option<u32>,
    /// For how long an account is locked after such.
    pub quick_login_wait: Option<SecondsOrNone>,
}

/// How the time grows for which an account is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BruteForceStrategy {
    /// With each failure.
    Linear,
    /// With each `maxFailures` failures.
    Multiple,
}

/// The server that mails are sent by. A realm without any has none: `host` and `from` are needed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Email {
    /// Its name.
    pub host: Option<String>,
    /// Its port; 25 if absent there, too.
    pub port: Option<u16>,
    /// The address that mails come from.
    pub from: Option<String>,
    /// The name of who mails come from.
    pub from_name: Option<String>,
    /// The address that answers go to.
    pub reply_to: Option<String>,
    /// The name of who answers go to.
    pub reply_to_name: Option<String>,
    /// The address that mails come back to.
    pub envelope_from: Option<String>,
    /// Whether the connection is encrypted from its beginning.
    pub ssl: Option<bool>,
    /// Whether the connection is encrypted once it stands.
    pub start_tls: Option<bool>,
    /// Whether it wants a name and a password.
    pub authentication: Option<bool>,
    /// That name.
    pub username: Option<String>,
    /// That password; only with `authentication: true`.
    pub password: Option<HiddenSecret>,
    /// In place of a password: the secret of the client that a token is asked for with. Where that is, and what else it
    /// takes, is said by `settings: {smtpServer: {authType: token, authTokenUrl: …, authTokenClientId: …, authTokenScope: …}}`.
    pub token_client_secret: Option<HiddenSecret>,
}

/// What is written down of what happens in a realm.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Events {
    /// Value list: who is told of events, such as `jboss-logging`.
    pub listeners: Option<Vec<String>>,
    /// Whether those of people are kept.
    pub save: Option<bool>,
    /// For how long those of people are kept; `0s`: for good.
    pub expiration: Option<SecondsOrNone>,
    /// Value list: which of those of people are kept, such as `LOGIN_ERROR`; all if none are listed.
    pub types: Option<Vec<String>>,
    /// Whether those of administrators are kept.
    pub save_admin: Option<bool>,
    /// Whether those of administrators are kept with what was written.
    pub admin_details: Option<bool>,
}

/// The languages of a realm's pages and mails.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Internationalization {
    /// Whether there are several.
    pub enabled: Option<bool>,
    /// Value list: which there are, such as `de`.
    pub locales: Option<Vec<String>>,
    /// Which one it is where nothing tells.
    pub default_locale: Option<String>,
}

/// What one-time passwords are like.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OtpPolicy {
    /// What each of them depends on.
    #[serde(rename = "type")]
    pub kind: Option<OtpType>,
    /// The hash that they are made by.
    pub algorithm: Option<OtpAlgorithm>,
    /// How many digits they have: 6 or 8.
    pub digits: Option<u32>,
    /// How many of those before and behind are taken, too.
    pub look_ahead: Option<u32>,
    /// How long each is valid, where it depends on the time.
    pub period: Option<Seconds>,
    /// Whether one can be used again while it is valid.
    pub reusable: Option<bool>,
}

/// What a one-time password depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OtpType {
    /// The time.
    Totp,
    /// How many there have been.
    Hotp,
}

/// The hash that one-time passwords are made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum OtpAlgorithm {
    /// What all programs know.
    HmacSHA1,
    /// A stronger one.
    HmacSHA256,
    /// The strongest one.
    HmacSHA512,
}
