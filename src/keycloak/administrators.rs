//! Whether a plan leaves a realm without an administrator: looked for only where a step takes an account, its use, or what
//! it has from somebody who may be one.

use std::collections::{BTreeMap, BTreeSet};

use crate::http::Reader;
use crate::http::collection::objects;
use crate::http::failure::Failure;
use crate::keycloak::group::{self, PAGE, Tree};
use crate::keycloak::{client_role, role_mapping, user};
use crate::model::Json;
use crate::model::address::{Address, KeycloakKind};
use crate::model::change::Change;
use crate::model::step::{Action, Step};
use crate::model::value::Value;
use crate::resource::Bereft;

/// The path of a group.
type Path = Vec<String>;

/// What makes somebody an administrator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// The role itself.
    Role,
    /// A group that has it, or is in one that does.
    Group(Path),
}

/// An administrator, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Administrator {
    enabled: bool,
    ways: BTreeSet<Way>,
}

/// The role of all rights on a realm.
fn role(realm: &str) -> Address {
    if realm == "master" {
        Address::keycloak(realm, KeycloakKind::RealmRole, ["admin"])
    } else {
        Address::keycloak(realm, KeycloakKind::ClientRole, ["realm-management", "realm-admin"])
    }
}

/// What `steps`, all in one realm, would leave it without an enabled administrator by; nothing where one stays, or where there
/// is none now. Accounts of clients are none: nobody logs in as one.
///
/// # Errors
/// [`Failure`] of any request.
pub(super) async fn bereft(reader: &Reader, realm: &str, steps: &[&Step]) -> Result<Option<Bereft>, Failure> {
    let role = role(realm);
    let is_group = |step: &Step| matches!(step.address, Address::Keycloak { kind: KeycloakKind::Group, .. });
    let by_group = |step: &Step| is_group(step) || step.address.member().is_some();
    let takes: Vec<&Step> = steps.iter().copied().filter(|step| takes(step, &role)).collect();
    // With the realm go all who could miss them.
    let goes = |step: &&Step| step.action == Action::Delete && step.address == Address::realm(realm);
    if takes.is_empty() || steps.iter().any(goes) {
        return Ok(None);
    }
    let is_of_client = matches!(role, Address::Keycloak { kind: KeycloakKind::ClientRole, .. });
    let client = is_of_client.then(|| client_role::client_of(&role));
    let tree = group::tree(reader, realm).await?;
    let has = |body: &Json| role_mapping::shows(body, &role, client.as_ref());
    let given: BTreeSet<&Path> = tree.iter().filter(|(_, body)| has(body)).map(|(path, _)| path).collect();
    if given.is_empty() && takes.iter().all(|step| by_group(step)) {
        return Ok(None);
    }
    let ids = role_mapping::ids_of(reader, client.iter().collect()).await?;
    let Ok(holders) = role_mapping::users_of(&role, client.as_ref(), &ids) else { return Ok(None) };
    let mut administrators = BTreeMap::<String, Administrator>::new();
    let pages = [(Way::Role, role_mapping::first_page(holders))];
    let of_groups = groups_within(&tree, &given).filter_map(|path| {
        let id = tree.get(path)?.get("id")?.as_str()?;
        Some((Way::Group(path.clone()), group::first_members(realm, id)))
    });
    for (way, page) in pages.into_iter().chain(of_groups) {
        let list = objects(reader, &page, reader.get(&page).await?.as_ref().clone())?;
        // So many are not taken away by one plan.
        if list.len() >= PAGE {
            return Ok(None);
        }
        for account in list {
            let Some(name) = account.get("username").and_then(Json::as_str) else { continue };
            if !user::is_service_account(name) {
                let known = administrators.entry(name.to_owned()).or_default();
                known.enabled = account.get("enabled").and_then(Json::as_bool) == Some(true);
                known.ways.insert(way.clone());
            }
        }
    }
    let given = given.into_iter().cloned().collect();
    let lost = left(&administrators, &given, steps, &role);
    Ok(lost.map(|accounts| Bereft {
        realm: Address::realm(realm),
        role,
        steps: takes
            .into_iter()
            .filter(|step| concerns(step, &accounts, &administrators))
            .map(|step| step.address.clone())
            .collect(),
        accounts,
    }))
}

/// Whether a step may take somebody's being an administrator.
fn takes(step: &Step, role: &Address) -> bool {
    let Address::Keycloak { kind, .. } = &step.address else { return false };
    match (kind, step.action) {
        (KeycloakKind::User, Action::Update) => disables(step),
        (KeycloakKind::User | KeycloakKind::Membership | KeycloakKind::Group, Action::Delete) => true,
        (KeycloakKind::RoleMapping, Action::Delete) => step.address.mapped_role().as_ref() == Some(role),
        _ => false,
    }
}

fn sets_enabled(step: &Step, to: bool) -> bool {
    step.fields.iter().any(|field| {
        let is_so =
            matches!(&field.change, Change::Value { after: Value::Json(Json::Bool(after)), .. } if *after == to);
        is_so && field.path.keys() == ["enabled"]
    })
}

fn disables(step: &Step) -> bool {
    sets_enabled(step, false)
}

/// The groups whose members have what these have: themselves and all within them.
fn groups_within<'a>(tree: &'a Tree, given: &BTreeSet<&'a Path>) -> impl Iterator<Item = &'a Path> {
    let given: Vec<&Path> = given.iter().copied().collect();
    tree.keys().filter(move |path| given.iter().any(|outer| path.starts_with(outer)))
}

/// Whom the plan would take it from, where that leaves nobody; nothing where somebody is one afterwards. `given` are the groups
/// that have the role themselves.
fn left(
    administrators: &BTreeMap<String, Administrator>,
    given: &BTreeSet<Path>,
    steps: &[&Step],
    role: &Address,
) -> Option<BTreeSet<String>> {
    let of = |kind: KeycloakKind, action: Action| {
        steps.iter().filter(move |step| {
            step.action == action && matches!(&step.address, Address::Keycloak { kind: is, .. } if *is == kind)
        })
    };
    let doomed: BTreeSet<&str> = of(KeycloakKind::User, Action::Delete).map(|step| step.address.name()).collect();
    let update = |name: &str, to: bool| {
        of(KeycloakKind::User, Action::Update).any(|step| step.address.name() == name && sets_enabled(step, to))
    };
    let given_to = |action: Action| {
        let mappings =
            of(KeycloakKind::RoleMapping, action).filter(|step| step.address.mapped_role().as_ref() == Some(role));
        mappings.filter_map(|step| step.address.role_holder()).collect::<BTreeSet<Address>>()
    };
    let (taken, more) = (given_to(Action::Delete), given_to(Action::Create));
    let is_of = |holders: &BTreeSet<Address>, kind: KeycloakKind, names: &[String]| {
        holders.iter().any(|holder| {
            matches!(holder, Address::Keycloak { kind: is, .. } if *is == kind) && holder.names() == names
        })
    };
    let gone: Vec<&[String]> = of(KeycloakKind::Group, Action::Delete).map(|step| step.address.names()).collect();
    let still = |path: &[String]| {
        let has = |outer: &[String]| {
            (given.contains(outer) && !is_of(&taken, KeycloakKind::Group, outer))
                || is_of(&more, KeycloakKind::Group, outer)
        };
        !gone.iter().any(|gone| path.starts_with(gone)) && (1..=path.len()).any(|depth| has(&path[..depth]))
    };
    let links = |action: Action| of(KeycloakKind::Membership, action).filter_map(|step| step.address.member());
    let leaves: BTreeSet<(Address, Address)> = links(Action::Delete).collect();
    let comes = links(Action::Create)
        .any(|(group, user)| still(group.names()) && !doomed.contains(user.name()) && !update(user.name(), false));
    let users = more.iter().filter(|holder| matches!(holder, Address::Keycloak { kind: KeycloakKind::User, .. }));
    let is_made = users.into_iter().any(|user| !doomed.contains(user.name()) && !update(user.name(), false));
    let stays = administrators.iter().any(|(name, administrator)| {
        let holds = administrator.ways.iter().any(|way| match way {
            Way::Role => !is_of(&taken, KeycloakKind::User, std::slice::from_ref(name)),
            Way::Group(path) => {
                let left = leaves.iter().any(|(group, user)| group.names() == path.as_slice() && user.name() == name);
                !left && still(path)
            }
        });
        let enabled = (administrator.enabled && !update(name, false)) || update(name, true);
        holds && enabled && !doomed.contains(name.as_str())
    });
    let enabled: BTreeSet<String> =
        administrators.iter().filter(|(_, one)| one.enabled).map(|(name, _)| name.clone()).collect();
    (!enabled.is_empty() && !stays && !is_made && !comes).then_some(enabled)
}

/// Whether a step takes it from one of these accounts.
fn concerns(step: &Step, accounts: &BTreeSet<String>, administrators: &BTreeMap<String, Administrator>) -> bool {
    let Address::Keycloak { kind, names, .. } = &step.address else { return false };
    let through = |path: &[String]| {
        accounts.iter().filter_map(|name| administrators.get(name)).flat_map(|one| &one.ways).any(|way| match way {
            Way::Role => false,
            Way::Group(group) => group.starts_with(path),
        })
    };
    match kind {
        KeycloakKind::User => accounts.contains(step.address.name()),
        KeycloakKind::Group => through(names),
        KeycloakKind::Membership => {
            accounts.contains(step.address.name())
                && step.address.member().is_some_and(|(group, _)| through(group.names()))
        }
        KeycloakKind::RoleMapping => step.address.role_holder().is_some_and(|holder| match &holder {
            Address::Keycloak { kind: KeycloakKind::Group, names, .. } => through(names),
            holder => accounts.contains(holder.name()),
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    //! Who is an administrator afterwards.

    use super::*;
    use crate::model::change::FieldChange;
    use crate::model::spelling::Spelling;
    use crate::model::wanted::Wanted;

    fn step(address: &str, action: Action) -> Step {
        let address: Address = format!("keycloak/pod/{address}").parse().unwrap();
        Step::of(&Wanted::entity(address), action)
    }

    fn enabled(user: &str, to: bool) -> Step {
        let change = Change::Value { before: None, after: Value::Json(Json::Bool(to)) };
        let path = crate::model::path::Path::new(["enabled"]);
        let fields = vec![FieldChange { word: "enabled".to_owned(), path, spelling: Spelling::Same, change }];
        Step { fields, ..step(&format!("user/{user}"), Action::Update) }
    }

    /// Root has the role, boss is in a group that is in one that has it; the others who have it are disabled.
    fn is_left(steps: &[Step]) -> bool {
        let inner = vec!["admins".to_owned(), "inner".to_owned()];
        let one = |enabled, way| Administrator { enabled, ways: BTreeSet::from([way]) };
        let administrators = BTreeMap::from([
            ("root".to_owned(), one(true, Way::Role)),
            ("boss".to_owned(), one(true, Way::Group(inner))),
            ("old".to_owned(), one(false, Way::Role)),
        ]);
        let given = BTreeSet::from([vec!["admins".to_owned()]]);
        left(&administrators, &given, &steps.iter().collect::<Vec<_>>(), &role("pod")).is_none()
    }

    const ROLE: &str = "role-mapping/client/realm-management/realm-admin";

    #[test]
    fn one_of_two_may_go_and_not_both_by_whatever_way() {
        let root = [
            step("user/root", Action::Delete),
            enabled("root", false),
            step(&format!("{ROLE}/user/root"), Action::Delete),
        ];
        let boss = [
            step("user/boss", Action::Delete),
            enabled("boss", false),
            step("membership/admins/inner/boss", Action::Delete),
            step("group/admins", Action::Delete),
            step("group/admins/inner", Action::Delete),
            step(&format!("{ROLE}/group/admins"), Action::Delete),
        ];
        for one in root.iter().chain(&boss) {
            assert!(is_left(std::slice::from_ref(one)), "{}", one.address);
            assert!(takes(one, &role("pod")), "{}", one.address);
        }
        for one in &root {
            for other in &boss {
                assert!(!is_left(&[one.clone(), other.clone()]), "{} and {}", one.address, other.address);
            }
        }
    }

    #[test]
    fn whoever_becomes_one_in_the_same_plan_counts() {
        let gone = [step("user/root", Action::Delete), step("user/boss", Action::Delete)];
        let with = |more: Step| is_left(&[gone.as_slice(), &[more]].concat());
        assert!(with(step(&format!("{ROLE}/user/new"), Action::Create)));
        assert!(with(enabled("old", true)));
        assert!(with(step("membership/admins/new", Action::Create)));
        assert!(!with(step("membership/others/new", Action::Create)));
        assert!(!with(step(&format!("{ROLE}/user/root"), Action::Create)));
        assert!(!with(step("membership/admins/boss", Action::Create)));
    }

    #[test]
    fn other_changes_take_nothing() {
        for other in [
            enabled("root", true),
            step("user/root", Action::Create),
            step("role-mapping/realm/ops/user/root", Action::Delete),
        ] {
            assert!(!takes(&other, &role("pod")), "{}", other.address);
        }
    }
}
