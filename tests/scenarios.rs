//! The real binary against model servers: every folder of `tests/scenarios`, one test each.
//!
//! What a folder holds and what is checked of every one is said in `harness/scenario.rs`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod credentials;
#[expect(dead_code, reason = "the matrix uses the rest")]
mod harness;
#[expect(dead_code, reason = "the matrix uses the rest")]
mod model;
#[path = "model/tests.rs"]
mod model_servers;
mod starter;

use std::time::Duration;

use model::fault::Fault;
use model::list_fault::{Alteration, Deed};
use model::{Answer, Request};

/// One test for each folder: `client_is_created` runs `tests/scenarios/client-is-created`.
macro_rules! scenarios {
    ($($name:ident),+ $(,)?) => {
        $(#[test]
        fn $name() {
            harness::scenario::check(&stringify!($name).replace('_', "-"));
        })+

        #[test]
        fn every_folder_is_a_test() {
            let mut listed = vec![$(stringify!($name).replace('_', "-")),+];
            let entries = std::fs::read_dir(harness::stage::folder()).unwrap();
            let mut found: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            (listed.sort(), found.sort());
            assert_eq!(listed, found);
        }
    };
}

#[test]
fn what_the_readme_says_of_other_tools_is_there() {
    let readme = include_str!("README.md");
    let table = readme.split("## What other tools show").nth(1).unwrap().split("\n## ").next().unwrap();
    let cells = table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").nth(1));
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter(|name| !name.contains(['/', '_']));
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 50, "{names:?}");
    for name in names {
        assert!(harness::stage::folder().join(name).exists(), "{name}");
    }
}

#[test]
fn a_run_that_nobody_can_confirm_is_refused_in_the_form_that_was_asked_for() {
    let folder = harness::stage::folder().join("project-is-created");
    let stage = harness::stage::Stage::new(&folder);
    let refused = stage.tool.run(&["apply", "--format", "json", "-f", "spec.yaml"]).expect(64);
    let outcome: serde_json::Value = serde_json::from_str(refused.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(outcome["exitCode"], 64, "{refused:?}");
    assert_eq!(outcome["errors"][0]["hint"], "look at the plan, then use --auto-approve", "{refused:?}");
    assert!(stage.log().is_empty(), "it asks the servers nevertheless");
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    let folder = harness::stage::folder().join("login-short-token-life");
    let stage = harness::stage::Stage::new(&folder);
    harness::sweep::direct(&stage, &folder).expect(0);
    let log = stage.models.keycloak.log.entries();
    assert!(log.iter().filter(|entry| entry.login).count() > 1, "{log:?}");
    assert!(log.iter().all(|entry| entry.status != Some(401)), "{log:?}");
}

#[test]
fn a_role_that_the_tool_gives_to_its_own_account_is_in_the_next_token() {
    let folder = harness::stage::folder().join("role-mapping-of-ones-own-is-added");
    let stage = harness::stage::Stage::new(&folder);
    harness::sweep::direct(&stage, &folder).expect(0);
    let log = stage.models.keycloak.log.entries();
    let given = log.iter().position(|entry| entry.write).unwrap();
    assert!(log[given + 1].login, "{log:?}");
}

#[test]
fn an_update_whose_answer_is_lost_is_looked_at_before_it_is_sent_again() {
    let folder = harness::stage::folder().join("project-is-unlocked-and-locked-again");
    let updates = |stage: &harness::stage::Stage| {
        let log = stage.models.keystone.log.entries();
        log.iter()
            .enumerate()
            .filter(|(_, entry)| entry.method == "PATCH")
            .map(|(place, _)| place + 1)
            .collect::<Vec<_>>()
    };
    let undisturbed = harness::stage::Stage::new(&folder);
    harness::sweep::direct(&undisturbed, &folder).expect(0);
    let places = updates(&undisturbed);
    for place in &places {
        let stage = harness::stage::Stage::new(&folder);
        stage.models.keystone.faults.at(*place, Fault::ResetAfter);
        harness::sweep::direct(&stage, &folder).expect(0);
        assert_eq!(updates(&stage).len(), places.len(), "the one at request {place} is sent twice");
    }
}

#[test]
fn a_look_that_fails_just_before_the_first_write_does_not_stop_half_way() {
    let folder = harness::stage::folder().join("client-changes-in-every-field");
    for answer in [Answer::error(409, "Conflict"), Answer::html(302, "Found"), Answer::html(404, "Not Found")] {
        let stage = harness::stage::Stage::new(&folder);
        stage.models.keycloak.faults.at(3, Fault::Answer(answer));
        harness::sweep::direct(&stage, &folder).expect(1);
        assert!(stage.log().iter().all(|entry| !entry.write), "it writes all the same");
    }
}

#[test]
fn what_was_certainly_not_written_is_not_looked_at() {
    let folder = harness::stage::folder().join("login-may-not-write");
    let stage = harness::stage::Stage::new(&folder);
    harness::sweep::direct(&stage, &folder).expect(1);
    let log = stage.models.keycloak.log.entries();
    assert!(log.last().unwrap().write, "{log:?}");
}

/// The number of the request, counted from one, with which an undisturbed run first writes to Keystone.
fn first_write_to_keystone(folder: &std::path::Path) -> usize {
    let stage = harness::stage::Stage::new(folder);
    harness::sweep::direct(&stage, folder).expect(0);
    stage.models.keystone.log.entries().iter().position(|entry| entry.write).unwrap() + 1
}

#[test]
fn a_write_of_which_nobody_can_tell_is_not_said_to_be_none() {
    let folder = harness::stage::folder().join("project-changes");
    let write = first_write_to_keystone(&folder);
    let stage = harness::stage::Stage::new(&folder);
    let keystone = stage.models.keystone.state();
    let another = Deed::new(move || {
        let mut keystone = keystone.lock().unwrap();
        keystone
            .edit("projects", "acme-prod", |project| drop(project.insert("description".to_owned(), "Theirs".into())));
    });
    stage.models.keystone.faults.at(write, Fault::Alter(Alteration::new(|_, _| Answer::error(500, "unknown_error"))));
    stage.models.keystone.faults.at(write + 1, Fault::Meanwhile(another));
    let told = harness::sweep::direct(&stage, &folder).expect(7);
    assert!(!told.stderr.contains("error: keystone/project/Default/acme-prod: not written"), "{}", told.stderr);
}

#[test]
fn a_refused_write_stays_refused_when_nobody_can_tell_what_has_gone() {
    let folder = harness::stage::folder().join("provider-is-adopted");
    let write = first_write_to_keystone(&folder);
    let stage = harness::stage::Stage::new(&folder);
    let (faults, log) = (&stage.models.keystone.faults, stage.models.keystone.log.clone());
    faults.at(write, Fault::Answer(Answer::error(404, "HTTP 404 Not Found")));
    let domains = move |request: &Request| {
        request.path.last().is_some_and(|last| last == "domains") && log.entries().iter().any(|entry| entry.write)
    };
    faults.on(1, domains, Fault::Answer(Answer::html(302, "Found")));
    harness::sweep::direct(&stage, &folder).expect(1);
    assert_eq!(faults.pending(), 0);
}

#[test]
fn a_refusal_after_a_write_that_was_done_is_not_all_that_is_told() {
    let folder = harness::stage::folder().join("later-secret-is-changed");
    let stage = harness::stage::Stage::new(&folder);
    let faults = &stage.models.keycloak.faults;
    let write = |request: &Request| request.method == "PUT";
    faults.on(1, write, Fault::Alter(Alteration::new(|_, _| Answer::error(500, "unknown_error"))));
    faults.on(1, write, Fault::Answer(Answer::error(403, "HTTP 403 Forbidden")));
    harness::sweep::direct(&stage, &folder).expect(0);
    assert_eq!(faults.pending(), 0);
}

#[test]
fn a_refusal_that_is_cut_off_is_asked_for_again() {
    let folder = harness::stage::folder().join("realm-that-is-gone-stays-so");
    let stage = harness::stage::Stage::new(&folder);
    let faults = &stage.models.keycloak.faults;
    let realm = |request: &Request| request.path.last().is_some_and(|last| last == "gone");
    faults.on(1, realm, Fault::Drip(8, Duration::from_secs(1)));
    stage.write_spec(&folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    let impatient = [&harness::sweep::apply(&[])[..], &["--request-timeout", "2s"]].concat();
    stage.tool.run(&impatient).expect(0);
    assert_eq!(faults.pending(), 0);
}

#[test]
fn a_503_of_what_may_have_been_written_is_not_said_to_be_nothing() {
    let folder = harness::stage::folder().join("project-changes");
    let write = first_write_to_keystone(&folder);
    let stage = harness::stage::Stage::new(&folder);
    let faults = &stage.models.keystone.faults;
    faults.at(write, Fault::Alter(Alteration::new(|_, _| Answer::html(503, "upstream connect error"))));
    faults.from(write + 1, Fault::Answer(Answer::html(502, "Bad Gateway")));
    harness::sweep::direct(&stage, &folder).expect(7);
}

#[test]
fn what_somebody_changes_in_keystone_just_before_it_is_written_is_told_and_stays() {
    let folder = harness::stage::folder().join("provider-is-adopted");
    // The request before it is the look at the document.
    let look = first_write_to_keystone(&folder) - 1;
    let stage = harness::stage::Stage::new(&folder);
    let keystone = stage.models.keystone.state();
    let theirs = Deed::new(move || {
        let mut keystone = keystone.lock().unwrap();
        keystone.edit("identity_providers", "keycloak", |provider| {
            provider.insert("description".to_owned(), "Theirs".into());
        });
    });
    stage.models.keystone.faults.at(look, Fault::Meanwhile(theirs));
    let told = harness::sweep::direct(&stage, &folder).expect(4);
    assert!(told.stderr.contains("has been changed meanwhile"), "{}", told.stderr);
    assert!(stage.log().iter().all(|entry| !entry.write), "it writes all the same");
}

#[test]
fn a_list_that_many_ask_for_and_nobody_gets_is_asked_for_as_often_as_one_would() {
    const TRIES: usize = 5;
    let folder = harness::stage::folder().join("everything-at-once");
    let stage = harness::stage::Stage::new(&folder);
    let domains = |request: &Request| request.path.last().is_some_and(|last| last == "domains");
    stage.models.keystone.faults.on(usize::MAX, domains, Fault::Answer(Answer::html(502, "Bad Gateway")));
    harness::sweep::direct(&stage, &folder).expect(5);
    let asked = stage.models.keystone.log.entries().iter().filter(|entry| entry.path().ends_with("/domains")).count();
    assert_eq!(asked, TRIES);
}

#[test]
fn a_404_of_what_stands_before_the_server_takes_nobody_away() {
    let folder = harness::stage::folder().join("role-assignment-of-ones-own-is-kept");
    let stage = harness::stage::Stage::new(&folder);
    let one_user = |request: &Request| matches!(request.path.as_slice(), [_, users, _] if users == "users");
    stage.models.keystone.faults.on(1, one_user, Fault::Answer(Answer::html(404, "Not Found")));
    harness::sweep::direct(&stage, &folder).expect(1);
}

/// How many people and application credentials a plan of a scenario asks for.
fn asked_about_people(name: &str) -> [usize; 2] {
    let folder = harness::stage::folder().join(name);
    let stage = harness::stage::Stage::new(&folder);
    harness::sweep::direct(&stage, &folder);
    let log = stage.models.keystone.log.entries();
    ["users?idp_id", "application_credentials"]
        .map(|part| log.iter().filter(|entry| entry.method == "GET" && entry.target.contains(part)).count())
}

#[test]
fn whom_a_plan_makes_others_is_asked_only_where_it_can() {
    assert_eq!(asked_about_people("identity-changes-by-the-rules"), [2, 3]);
    assert_eq!(asked_about_people("identity-changes-by-another-mapping"), [1, 2]);
    assert_eq!(asked_about_people("identity-stays-with-another-domain-and-name"), [0, 0]);
    assert_eq!(asked_about_people("identity-changes-by-the-rules-as-allowed"), [0, 0]);
    assert_eq!(asked_about_people("mapping-is-created-changed-and-deleted"), [0, 0]);
}

#[test]
fn a_plan_reads_no_secrets_but_those_of_its_logins() {
    let folder = harness::stage::folder().join("client-secret-and-capabilities");
    let mut stage = harness::stage::Stage::new(&folder);
    stage.write_spec(&folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    stage.tool.set("OTHER_SECRET", "");
    let plan = stage.tool.run(&["plan", "-f", "spec.yaml"]).expect(0);
    assert!(!plan.stdout.contains("client/other"), "{}", plan.stdout);
    for command in [["plan", "--compare-secrets"], ["apply", "--auto-approve"]] {
        let refused = stage.tool.run(&[&command[..], &["-f", "spec.yaml"]].concat()).expect(64);
        assert!(refused.stderr.contains("OTHER_SECRET is not set"), "{}", refused.stderr);
    }
}

#[test]
fn drift_of_what_is_only_verified_counts_for_the_exit_code() {
    let folder = harness::stage::folder().join("modes-verify-and-ignore");
    let stage = harness::stage::Stage::new(&folder);
    harness::sweep::direct(&stage, &folder).expect(0);
    let plan = stage.tool.run(&["plan", "--detailed-exitcode", "-f", "spec.yaml"]).expect(2);
    assert!(plan.stdout.ends_with("No changes. demo shows all that the spec manages.\n"), "{}", plan.stdout);
}

#[test]
fn a_command_gives_a_secret_where_commands_are_allowed() {
    let folder = harness::stage::folder().join("login-secret-of-a-command");
    let mut stage = harness::stage::Stage::new(&folder);
    stage.write_spec(&folder, &stage.models.keycloak.url, &stage.models.keystone.url);
    let plan = stage.tool.run(&["plan", "--allow-commands", "-vv", "-f", "spec.yaml"]).expect(0);
    assert!(plan.stdout.contains("+ keystone/project/Default/acme-prod"), "{}", plan.stdout);
    let leaks = stage.leaks("plan", &plan);
    assert!(leaks.is_empty(), "{}", leaks[0].place);
}

scenarios! {
    additions_that_look_like_renamings,
    administrators_take_turns,
    authoritative_grants,
    authoritative_grants_of_one_holder,
    authoritative_mappers,
    authoritative_members_of_groups,
    authoritative_role_assignments,
    authoritative_role_assignments_among_many_people,
    client_changes_in_every_field,
    client_is_adopted_with_foreign_attributes,
    client_is_created_with_all_words,
    client_is_created_with_one_word,
    client_is_deleted,
    client_keeps_its_authorization_services,
    client_keeps_its_empty_origins,
    client_of_ones_own_keeps_its_roles,
    client_scope_is_missing,
    client_scope_of_a_new_realm_cannot_change_yet,
    client_scope_of_another_protocol,
    client_scope_that_moves_is_verified,
    client_scopes_are_adopted_and_changed,
    client_scopes_are_made,
    client_scopes_in_a_new_realm,
    client_scopes_of_a_client_are_all_listed,
    client_scopes_that_come_with_a_realm_are_changed,
    client_scopes_that_come_with_a_realm_stay,
    client_secret_and_capabilities,
    client_texts_are_emptied,
    client_that_is_built_in_is_kept,
    client_that_is_public_has_no_secret,
    client_with_an_address_for_a_name,
    clients_roles_scopes_and_users_are_renamed,
    collections_that_are_listed_whole,
    default_group_that_is_missing,
    default_groups_are_made_and_taken_away,
    directory_gives_anew_what_it_reads,
    directory_of_which_nothing_is_told,
    directory_owns_what_would_change,
    directory_people_get_what_is_ours,
    directory_that_cannot_be_reached,
    directory_that_lets_itself_be_changed,
    domain_deletion_of_a_protected_one,
    domain_goes_with_what_is_in_it,
    domain_is_adopted,
    domain_is_created_and_changed,
    dying_in_a_realm_is_told,
    dying_in_keystone_is_told,
    dying_is_not_told_to_everybody,
    everything_at_once,
    example_client_scopes,
    example_directory,
    example_from_nothing,
    example_guide,
    example_ldap,
    example_local_identities,
    example_people,
    example_realm_settings,
    example_roles,
    grant_in_an_unknown_domain,
    group_descriptions,
    group_in_one_that_is_missing,
    group_is_created_at_depth,
    group_keeps_what_is_not_ours,
    group_on_an_older_server,
    group_that_goes_must_be_allowed,
    groups_are_hidden,
    groups_more_than_ten_in_one,
    groups_are_renamed_at_any_depth,
    identity_changes_by_another_mapping,
    identity_changes_by_another_provider,
    identity_changes_by_the_rules,
    identity_changes_by_the_rules_as_allowed,
    identity_provider_is_adopted_and_changed,
    identity_provider_is_made_with_all_words,
    identity_provider_of_an_unknown_type,
    identity_provider_secret_is_sent_again,
    identity_provider_that_goes_must_be_allowed,
    identity_providers_that_nobody_lists_go,
    identity_stays_with_another_domain_and_name,
    implied_roles,
    last_administrator_stays,
    later_mapper_needs_another_role,
    later_secret_is_changed,
    later_secret_is_masked,
    later_token_lacks_the_scope,
    lists_in_another_order,
    local_group_members_of_one_name,
    local_group_membership_of_ones_own_is_kept,
    local_group_of_a_missing_user,
    local_groups_are_adopted_and_changed,
    local_groups_are_made_with_their_members,
    local_user_deletion_must_be_allowed,
    local_user_has_a_persons_name,
    local_user_is_adopted,
    local_user_is_created_and_changed,
    local_user_of_ones_own_keeps_one_way_to_log_in,
    local_user_with_options,
    login_application_credential_keeps_its_own,
    login_may_not_read,
    login_may_not_write,
    login_secret_of_a_cluster,
    login_secret_of_a_command,
    login_service_account,
    login_short_token_life,
    login_token_is_forgotten,
    login_unknown_realm,
    login_wrong_client_secret,
    login_wrong_password,
    mapper_drift_is_put_right,
    mapper_flags_and_properties,
    mapper_is_adopted_in_another_spelling,
    mapper_is_created,
    mapper_property_is_unknown,
    mapper_provider_is_not_installed,
    mapping_is_adopted,
    mapping_is_created_changed_and_deleted,
    mapping_of_an_older_version_is_only_referred_to,
    mapping_rules_in_another_order,
    mapping_version_is_unknown,
    membership_ends,
    membership_of_an_unknown_user,
    modes_of_two_documents,
    modes_realm_that_is_missing,
    modes_verify_and_ignore,
    names_of_every_sort,
    people_in_several_places,
    person_renamed_comes_as_another,
    profile_attributes_in_every_field,
    profile_declares_attributes,
    profile_policy_changes,
    project_among_more_than_a_thousand,
    project_changes,
    project_domain_is_missing,
    project_goes_with_its_grants,
    project_has_a_parent_and_is_protected,
    project_is_adopted,
    project_is_created,
    project_is_protected,
    project_is_renamed_with_its_grants,
    project_is_unlocked_and_locked_again,
    project_parent_cannot_change,
    project_parent_is_missing,
    project_renamed_that_grants_still_name_is_kept,
    project_that_grants_still_name_is_kept,
    project_tree_is_made_disabled_and_enabled,
    project_tree_stands_in_the_way,
    protected_things_are_deleted,
    provider_deletion_must_be_allowed,
    provider_domain_cannot_change,
    provider_is_adopted,
    provider_is_created_with_all_words,
    provider_is_created_with_the_issuer,
    provider_is_only_named,
    provider_is_renamed,
    provider_issuer_is_too_long,
    provider_realm_is_missing,
    provider_remote_id_has_another_owner,
    provider_remote_id_moves,
    provider_remote_ids_are_swapped,
    realm_changes_in_every_field,
    realm_display_name_alone,
    realm_email_password_is_sent_again,
    realm_is_created_by_an_account_that_may_do_just_that,
    realm_is_created_with_all_that_is_in_it,
    realm_is_shown_in_part,
    realm_mails_are_sent_with_a_token,
    realm_policy_for_keys_is_kept_whole,
    realm_settings_are_adopted,
    realm_settings_in_words,
    realm_goes_with_the_grants_in_it,
    realm_that_goes_must_be_allowed,
    realm_that_is_gone_stays_so,
    realm_that_must_exist_is_missing,
    realm_user_without_email_is_refused,
    renaming_of_what_is_built_in_is_refused,
    renaming_to_what_is_there_already,
    rights_through_groups_and_roles_are_kept,
    role_and_domain_are_unlocked_and_locked_again,
    role_assignment_of_a_person_does_not_last,
    role_assignment_of_ones_own_is_kept,
    role_assignment_of_two_people_of_one_name,
    role_assignment_of_what_is_missing,
    role_assignments_are_found,
    role_assignments_are_made_and_taken_away,
    role_assignments_inherited_and_on_the_system,
    role_deletion_must_be_allowed,
    role_is_adopted_and_foreign_ones_stay,
    role_is_created_and_changed,
    role_is_protected,
    role_mapping_beyond_ones_own,
    role_mapping_of_a_missing_role,
    role_mapping_of_ones_own_is_added,
    role_mapping_of_the_tools_own_account,
    role_mappings_are_adopted_and_taken_away,
    role_mappings_are_made,
    role_mappings_in_a_new_realm,
    role_mappings_of_many_users,
    role_of_a_grant_is_unknown,
    role_renamed_that_grants_still_name_is_kept,
    role_that_grants_still_name_is_kept,
    roles_are_adopted_and_changed,
    roles_are_made_and_contain_each_other,
    roles_groups_and_users_of_keystone_are_renamed,
    roles_of_a_domain,
    roles_that_come_with_a_realm_stay,
    roles_that_contain_a_missing_one,
    service_account_that_is_not_there,
    user_attributes_one_by_one,
    user_changes_in_every_field,
    user_grant_is_not_stored,
    user_grant_is_there_twice,
    user_grant_on_undeclared_project,
    user_grant_on_unknown_project,
    user_grant_with_other_words,
    user_grants_in_another_spelling,
    user_is_created_with_password_and_grants,
    user_keeps_foreign_attributes_and_grants,
    user_loses_a_grant,
    user_name_in_another_case,
    user_name_with_special_characters,
    user_password_of_a_cluster,
    user_renamed_where_the_realm_forbids_it,
    user_that_must_exist_is_missing,
    user_without_email_is_refused,
    user_without_grants_field_is_not_touched,
    users_are_hidden_on_an_older_server,
    verified_collections_are_told,
    verified_grants_of_one_holder,
    verify_names_the_missing_client,
    verify_tokens_carry_another_claim,
    what_comes_with_a_realm_is_never_swept,
    what_is_no_longer_listed,
    words_left_out_and_empty_ones,
}
