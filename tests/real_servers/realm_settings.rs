//! The settings of a realm: each word changes its own field and no other, and a mail is sent with the password that nobody
//! can see.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::ground::{Ground, PASSWORD, reads_only, with, without};

fn live(ground: &Ground) -> Json {
    ground.keycloak("GET", "", None).expect(200).json()
}

#[test]
fn each_word_changes_its_own_field_alone() {
    let ground = Ground::new();
    let mail = json!({"host": "a", "from": "a@example.com", "auth": "true", "password": PASSWORD, "theirs": "kept"});
    let theirs = json!({"smtpServer": mail, "oauth2DeviceCodeLifespan": 777, "oauth2DevicePollingInterval": 7,
        "webAuthnPolicyRpEntityName": "theirs", "webAuthnPolicyUserVerificationRequirement": "required",
        "webAuthnPolicyPasswordlessRpEntityName": "theirs too", "loginWithEmailAllowed": false, "passwordPolicy": "notEmail(undefined) and length(9)"});
    ground.keycloak("PUT", "", Some(&theirs)).expect(204);
    let changes = [
        ("requireSsl", json!("all"), "sslRequired", json!("all")),
        ("displayNameHtml", json!("<b>x</b>"), "displayNameHtml", json!("<b>x</b>")),
        ("duplicateEmails", json!(true), "duplicateEmailsAllowed", json!(true)),
        ("passwordPolicy", json!(["length(12)", "notEmail"]), "passwordPolicy", json!("length(12) and notEmail")),
        ("passwordPolicy", json!(["notEmail", "length(12)"]), "passwordPolicy", json!("length(12) and notEmail")),
        ("passwordPolicy", json!([]), "passwordPolicy", Json::Null),
        ("sessions", json!({"clientIdle": "5m"}), "clientSessionIdleTimeout", json!(300)),
        ("sessions", json!({"clientIdle": "0s"}), "clientSessionIdleTimeout", json!(0)),
        ("sessions", json!({"rememberMeMax": "30d"}), "ssoSessionMaxLifespanRememberMe", json!(2_592_000)),
        ("tokens", json!({"refreshTokenReuse": 2}), "refreshTokenMaxReuse", json!(2)),
        ("tokens", json!({"signatureAlgorithm": "ES256"}), "defaultSignatureAlgorithm", json!("ES256")),
        ("bruteForceProtection", json!({"enabled": true}), "bruteForceProtected", json!(true)),
        ("bruteForceProtection", json!({"maxWait": "1h"}), "maxFailureWaitSeconds", json!(3600)),
        ("events", json!({"expiration": "1d"}), "eventsExpiration", json!(86_400)),
        ("events", json!({"expiration": "0s"}), "eventsExpiration", Json::Null),
        ("events", json!({"types": ["LOGIN"]}), "enabledEventTypes", json!(["LOGIN"])),
        ("events", json!({"listeners": []}), "eventsListeners", json!([])),
        ("internationalization", json!({"enabled": true}), "internationalizationEnabled", json!(true)),
        ("internationalization", json!({"locales": ["de"]}), "supportedLocales", json!(["de"])),
        ("internationalization", json!({"locales": []}), "supportedLocales", Json::Null),
        ("themes", json!({"login": "keycloak.v2"}), "loginTheme", json!("keycloak.v2")),
        ("themes", json!({"login": ""}), "loginTheme", json!("")),
        ("otpPolicy", json!({"lookAhead": 3}), "otpPolicyLookAheadWindow", json!(3)),
        ("otpPolicy", json!({"algorithm": "HmacSHA256"}), "otpPolicyAlgorithm", json!("HmacSHA256")),
        ("settings", json!({"webAuthnPolicyCreateTimeout": 9}), "webAuthnPolicyCreateTimeout", json!(9)),
    ];
    let mut before = live(&ground);
    for (word, written, key, stored) in changes {
        ground.realm_spec(json!({word: written}));
        ground.run("apply", &["--auto-approve"]).expect(0);
        let after = live(&ground);
        assert_eq!(after[key], stored, "{word}: {written}");
        // The server says by itself which programs can make such passwords.
        let but = |document: &Json| {
            let mut rest = without(document, &[key, "otpSupportedApplications"]);
            // Some fields are shown as attributes, too.
            rest["attributes"] = without(&rest["attributes"], &[key]);
            rest
        };
        assert_eq!(but(&after), but(&before), "{word}: {written} changes more than itself");
        before = after;
    }
    ground.unchanged();
}

#[test]
fn a_policy_for_keys_is_changed_in_one_field_and_stays_as_it_is_in_the_others() {
    let ground = Ground::new();
    let theirs = json!({"webAuthnPolicyPasswordlessRpEntityName": "Theirs", "webAuthnPolicyPasswordlessPasskeysEnabled": true,
        "webAuthnPolicyPasswordlessMediation": "required"});
    ground.keycloak("PUT", "", Some(&theirs)).expect(204);
    let before = live(&ground);
    ground.realm_spec(json!({"settings": {"webAuthnPolicyPasswordlessCreateTimeout": 9}}));
    ground.apply();
    assert_eq!(live(&ground), with(&before, json!({"webAuthnPolicyPasswordlessCreateTimeout": 9})));
}

#[test]
fn a_realm_is_made_with_all_settings_of_the_example() {
    let mut ground = Ground::new();
    ground.tool.set("MAIL_PASSWORD", PASSWORD);
    let example = std::fs::read_to_string("examples/realm-settings/realm-pod.yaml").unwrap();
    let (_, words) = example.split_once("\nspec:\n").unwrap();
    let own = ["  environment:", "  login:"];
    let words: Vec<&str> = words.lines().filter(|line| !own.iter().any(|word| line.starts_with(word))).collect();
    let made = format!("{}-made", ground.realm);
    let sandbox = &ground.sandbox;
    let spec = ground.spec_at(&sandbox.keycloak, &sandbox.keystone, &made, json!({}), json!({}), json!({}));
    let mut documents: Vec<String> = spec.split("\n---\n").map(str::to_owned).collect();
    let realm: Json = serde_json::from_str(&documents[1]).unwrap();
    let head = |word: &str| format!("  {word}: {}\n", realm["spec"][word]);
    let heads = ["environment", "realm", "keycloak", "login"].map(head).concat();
    documents[1] = format!(
        "apiVersion: opcp.dev/v1alpha1\nkind: Realm\nmetadata: {{name: users}}\nspec:\n{heads}{}\n",
        words.join("\n")
    );
    ground.tool.write("spec.yaml", &documents.join("\n---\n"));
    ground.apply();
    assert!(reads_only(&ground.passed()));
    let live = ground.sandbox.keycloak("GET", &format!("realms/{made}"), None).expect(200).json();
    assert_eq!(live["passwordPolicy"], "length(12) and notEmail and notUsername and passwordHistory(3)");
    assert_eq!((&live["smtpServer"]["password"], &live["failureFactor"]), (&json!("**********"), &json!(10)));
}

/// A mail server for one mail: it wants a name and a password, and tells which it was given.
fn mail_server() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, hears) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes()).unwrap();
            say("220 mail");
            while let Some(Ok(line)) = lines.next() {
                match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                    ["EHLO", ..] => say("250-mail\r\n250 AUTH PLAIN XOAUTH2"),
                    ["AUTH", "PLAIN", proof] => {
                        let proof = String::from_utf8(STANDARD.decode(proof).unwrap()).unwrap();
                        let _heard = told.send(proof.rsplit('\0').next().unwrap_or_default().to_owned());
                        say("235 welcome");
                    }
                    ["AUTH", "XOAUTH2", proof] => {
                        let proof = String::from_utf8(STANDARD.decode(proof).unwrap()).unwrap();
                        let token = proof.split('\u{1}').find_map(|part| part.strip_prefix("auth=Bearer "));
                        let _heard = told.send(token.unwrap_or_default().to_owned());
                        say("235 welcome");
                    }
                    ["AUTH", "PLAIN"] => say("334 "),
                    ["DATA"] => {
                        say("354 go on");
                        while lines.next().is_some_and(|line| line.is_ok_and(|line| line != ".")) {}
                        say("250 done");
                    }
                    ["QUIT"] => say("221 bye"),
                    _ => say("250 yes"),
                }
            }
        }
    });
    (port, hears)
}

#[test]
fn mails_are_sent_with_the_password_that_nobody_can_see() {
    let mut ground = Ground::new();
    ground.tool.set("MAIL_PASSWORD", PASSWORD);
    let (port, hears) = mail_server();
    let alice = json!({"username": "alice", "email": "alice@example.com", "enabled": true});
    let alice = ground.keycloak("POST", "users", Some(&alice)).expect(201).new_id();
    let used = |ground: &Ground| {
        ground.keycloak("PUT", &format!("users/{alice}/send-verify-email"), None).expect(204);
        hears.recv_timeout(Duration::from_secs(30)).unwrap()
    };
    let email = |more: Json| {
        let email = json!({"host": "127.0.0.1", "port": port, "from": "cloud@example.com", "authentication": true,
            "username": "cloud", "password": {"env": "MAIL_PASSWORD"}});
        json!({"email": with(&email, more)})
    };
    ground.realm_spec(email(json!({})));
    ground.apply();
    assert_eq!(used(&ground), PASSWORD);
    ground.realm_spec(email(json!({"fromName": "The cloud"})));
    ground.apply();
    assert_eq!(used(&ground), PASSWORD, "another word has changed it");
    let other = "another/canary+secret";
    ground.tool.set("MAIL_PASSWORD", other);
    ground.unchanged();
    assert_eq!(used(&ground), PASSWORD, "nothing tells that there is another one");
    ground.realm_spec(email(json!({"password": {"env": "MAIL_PASSWORD", "version": "2"}})));
    ground.apply();
    assert_eq!(used(&ground), other);
}

/// Gives out tokens that say which secret they were asked for with.
fn token_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body = String::from_utf8(body).unwrap();
            let secret = body.split('&').find_map(|field| field.strip_prefix("client_secret=")).unwrap_or_default();
            let token = json!({"access_token": secret, "token_type": "Bearer", "expires_in": 0}).to_string();
            let head =
                format!("content-type: application/json\r\ncontent-length: {}\r\nconnection: close", token.len());
            stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{token}").as_bytes()).unwrap();
        }
    });
    port
}

#[test]
fn mails_are_sent_with_a_token_whose_secret_nobody_can_see() {
    let mut ground = Ground::new();
    ground.tool.set("MAIL_SECRET", "firstcanary");
    let ((port, hears), tokens) = (mail_server(), token_server());
    let alice = json!({"username": "alice", "email": "alice@example.com", "enabled": true});
    let alice = ground.keycloak("POST", "users", Some(&alice)).expect(201).new_id();
    let used = |ground: &Ground| {
        ground.keycloak("PUT", &format!("users/{alice}/send-verify-email"), None).expect(204);
        hears.recv_timeout(Duration::from_secs(30)).unwrap()
    };
    // Tokens of one scope are remembered.
    let say = |ground: &Ground, scope: &str, secret: Json| {
        let email = json!({"host": "127.0.0.1", "port": port, "from": "cloud@example.com", "authentication": true,
            "username": "cloud", "tokenClientSecret": secret});
        let token = json!({"authType": "token", "authTokenUrl": format!("http://127.0.0.1:{tokens}/token"),
            "authTokenClientId": "cloud", "authTokenScope": scope});
        ground.realm_spec(json!({"email": email, "settings": {"smtpServer": token}}));
        ground.apply();
    };
    say(&ground, "one", json!({"env": "MAIL_SECRET"}));
    assert_eq!(used(&ground), "firstcanary");
    ground.tool.set("MAIL_SECRET", "secondcanary");
    say(&ground, "two", json!({"env": "MAIL_SECRET"}));
    assert_eq!(used(&ground), "firstcanary", "another word has changed it");
    say(&ground, "three", json!({"env": "MAIL_SECRET", "version": "2"}));
    assert_eq!(used(&ground), "secondcanary");
}
