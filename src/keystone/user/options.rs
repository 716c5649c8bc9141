//! The options of a user: where its password and its logins are not dealt with as everybody's are. Keystone leaves out
//! what has never been set, and takes each option for itself (seen on 30).

use crate::model::Json;
use crate::model::declared::Fields;
use crate::model::path::Path;
use crate::model::spelling::Spelling;
use crate::model::value::{Key, Owned, Value};
use crate::model::wanted::Want;
use crate::spec::local::UserOptions;

/// Where a document holds them.
const OPTIONS: &str = "options";

/// The rules by which several ways of logging in make one login.
const RULES: &str = "multi_factor_auth_rules";

/// Whether those count: they do where nothing is said.
const RULES_COUNT: &str = "multi_factor_auth_enabled";

/// The operator's words for both.
const RULES_COUNT_WORD: &str = "options.multiFactorAuthEnabled";
const RULES_WORD: &str = "options.multiFactorAuthRules";

/// The operator's words for what decides whether one way of logging in is enough.
pub(crate) const WAYS_TO_LOG_IN: [&str; 2] = [RULES_COUNT_WORD, RULES_WORD];

/// The options that are on or off: the operator's word, the server's, and what is asked.
fn flags(options: &UserOptions) -> [(&'static str, &'static str, Option<bool>); 6] {
    let UserOptions {
        ignore_change_password_upon_first_use,
        ignore_password_expiry,
        ignore_lockout_failure_attempts,
        ignore_user_inactivity,
        lock_password,
        multi_factor_auth_enabled,
        multi_factor_auth_rules: _,
    } = options;
    [
        (
            "options.ignoreChangePasswordUponFirstUse",
            "ignore_change_password_upon_first_use",
            *ignore_change_password_upon_first_use,
        ),
        ("options.ignorePasswordExpiry", "ignore_password_expiry", *ignore_password_expiry),
        ("options.ignoreLockoutFailureAttempts", "ignore_lockout_failure_attempts", *ignore_lockout_failure_attempts),
        ("options.ignoreUserInactivity", "ignore_user_inactivity", *ignore_user_inactivity),
        ("options.lockPassword", "lock_password", *lock_password),
        (RULES_COUNT_WORD, RULES_COUNT, *multi_factor_auth_enabled),
    ]
}

/// The fields that `options` ask for, beside `fields`.
pub(super) fn declare<'a>(fields: Fields<'a>, options: &UserOptions) -> Fields<'a> {
    let path = |key| Path::new([OPTIONS, key]);
    let flags = flags(options).into_iter();
    let fields = flags.fold(fields, |fields, (word, key, value)| fields.is(word, path(key), Spelling::Same, value));
    let rules = options.multi_factor_auth_rules.as_ref().map(|rules| {
        let items = rules.iter().map(|rule| Value::Json(sorted(rule.iter().map(|way| way.as_str().into()).collect())));
        Want::Items { by: Key::Whole, owned: Owned::All, items: items.collect() }
    });
    fields.push(RULES_WORD, path(RULES), Spelling::Same, rules)
}

/// Shows what has never been set as the server takes it; the ways of a rule in an order that says nothing.
pub(super) fn normalise(mut body: Json) -> Json {
    for (_, key, _) in flags(&UserOptions::default()) {
        Path::new([OPTIONS, key]).set_if_absent(&mut body, Json::Bool(key == RULES_COUNT));
    }
    let path = Path::new([OPTIONS, RULES]);
    let rules = path.get(&body).and_then(Json::as_array).cloned().unwrap_or_default();
    let rule = |rule: Json| if let Json::Array(ways) = rule { sorted(ways) } else { rule };
    path.set(&mut body, rules.into_iter().map(rule).collect());
    body
}

/// Whether the user who is shown so can log in by `way` alone.
pub(crate) fn let_in(user: &Json, way: &str) -> bool {
    let option = |key| Path::new([OPTIONS, key]).get(user).cloned();
    let options = UserOptions {
        multi_factor_auth_enabled: option(RULES_COUNT).and_then(|count| count.as_bool()),
        multi_factor_auth_rules: option(RULES).and_then(|rules| serde_json::from_value(rules).ok()),
        ..UserOptions::default()
    };
    options.let_in(way)
}

fn sorted(mut ways: Vec<Json>) -> Json {
    ways.sort_by_key(Json::to_string);
    Json::Array(ways)
}
