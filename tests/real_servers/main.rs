//! The real binary against real Keycloak, Keystone and Apache: the sandbox (`make sandbox-up`).
//!
//! Each test makes its own realm and its own Keystone domain and removes them. Without a sandbox every
//! test fails and says so.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../harness/mod.rs"]
mod harness;
#[expect(dead_code, reason = "the scenarios use the rest")]
#[path = "../model/mod.rs"]
mod model;

mod administrators;
mod adoption;
mod client;
mod client_scope;
mod client_secret;
mod collection;
mod conformance;
mod crash;
mod credential;
mod credential_crash;
mod deaths;
mod directory;
mod domain;
mod ground;
mod group;
mod guide;
mod identity_provider;
mod init;
mod ldap;
mod local_group;
mod local_user;
mod mapper;
mod mapping;
mod mapping_engine;
mod modes;
mod peers;
mod project;
mod realm;
mod realm_role;
mod realm_settings;
mod rename;
mod rights;
mod role;
mod role_mapping;
mod sandbox;
mod tenants;
mod user;
mod user_federation;
mod user_grants;
mod user_profile;
mod verify;
mod verify_login;
mod year;
