//! The ways in which a list is not what it seems, one after the other.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use super::{Case, Known};
use crate::cloud::Cloud;
use crate::model::fault::{Fault, Faults};
use crate::model::list_fault::{Alteration, Deed};
use crate::model::{Answer, Request};

/// One way to be lied to.
pub(super) struct Lie {
    pub(super) name: String,
    pub(super) tell: Box<dyn Fn(&Cloud) + Sync>,
}

impl Lie {
    pub(super) fn new(name: impl Into<String>, tell: impl Fn(&Cloud) + Sync + 'static) -> Self {
        Self { name: name.into(), tell: Box::new(tell) }
    }
}

/// A list that the tool reads.
#[derive(Clone, Copy)]
pub(super) struct List {
    name: &'static str,
    of_keystone: bool,
    is: fn(&Request) -> bool,
}

const ALWAYS: usize = usize::MAX;

/// The last of the path is this, and it is read.
fn ends(request: &Request, last: &str) -> bool {
    request.method == "GET" && request.path.last().is_some_and(|segment| segment == last)
}

impl List {
    const fn of_keycloak(name: &'static str, is: fn(&Request) -> bool) -> Self {
        Self { name, of_keystone: false, is }
    }

    pub(super) fn faults(self, cloud: &Cloud) -> &Faults {
        if self.of_keystone { &cloud.models.keystone.faults } else { &cloud.models.keycloak.faults }
    }

    /// What goes wrong with each request for the list, or the page that begins there.
    pub(super) fn goes_wrong(self, cloud: &Cloud, times: usize, page: Option<usize>, fault: Fault) {
        let is_page = move |request: &Request| match (page, request.query("first"), request.query("marker")) {
            (Some(page), Some(first), _) => first == (page * 250).to_string(),
            (Some(0), None, marker) => marker.is_none(),
            (Some(_), None, marker) => marker.is_some(),
            (None, ..) => true,
        };
        self.faults(cloud).on(times, move |request| (self.is)(request) && is_page(request), fault);
    }
}

const LOOK_UPS: List =
    List::of_keycloak("look-ups", |request| ends(request, "users") && request.query("username").is_some());
const USERS: List = List::of_keycloak("users", |request| ends(request, "users") && request.query("first").is_some());
const USER_COUNT: List =
    List::of_keycloak("count", |request| request.path.ends_with(&["users".into(), "count".into()]));
const FLAT: List =
    List::of_keycloak("flat groups", |request| ends(request, "groups") && request.query("search").is_some());
const GROUP_COUNT: List =
    List::of_keycloak("count", |request| request.path.ends_with(&["groups".into(), "count".into()]));
const OUTERMOST: List =
    List::of_keycloak("outermost groups", |request| ends(request, "groups") && request.query("first").is_some());
const CHILDREN: List = List::of_keycloak("inner groups", |request| ends(request, "children"));
const MEMBERS: List = List::of_keycloak("members", |request| ends(request, "members"));
const CLIENTS: List = List::of_keycloak("clients", |request| ends(request, "clients"));
const ROLES: List = List::of_keycloak("roles", |request| ends(request, "roles"));
const SCOPES: List = List::of_keycloak("client scopes", |request| ends(request, "client-scopes"));
const GIVEN: List = List::of_keycloak("scopes of new clients", |request| {
    ends(request, "default-default-client-scopes") || ends(request, "default-optional-client-scopes")
});
const PROVIDERS: List = List::of_keycloak("identity providers", |request| ends(request, "instances"));
const PROVIDER_MAPPERS: List = List::of_keycloak("mappers", |request| ends(request, "mappers"));
const DEFAULT_GROUPS: List = List::of_keycloak("default groups", |request| ends(request, "default-groups"));
const PROJECTS: List = List { name: "projects", of_keystone: true, is: |request| ends(request, "projects") };
const KEYSTONE: [List; 9] = [
    List { name: "domains", of_keystone: true, is: |request| ends(request, "domains") },
    PROJECTS,
    List { name: "roles", of_keystone: true, is: |request| ends(request, "roles") },
    List { name: "users", of_keystone: true, is: |request| ends(request, "users") },
    List { name: "groups", of_keystone: true, is: |request| ends(request, "groups") },
    List { name: "role assignments", of_keystone: true, is: |request| ends(request, "role_assignments") },
    List { name: "mappings", of_keystone: true, is: |request| ends(request, "mappings") },
    List { name: "identity providers", of_keystone: true, is: |request| ends(request, "identity_providers") },
    List { name: "protocols", of_keystone: true, is: |request| ends(request, "protocols") },
];

/// What is looked for of groups of Keystone's own, who is in them included.
const LOCAL: [List; 3] = [KEYSTONE[0], KEYSTONE[3], KEYSTONE[4]];

/// The list of a setup that goes over several pages, where it has one.
pub(super) fn paged(setup: &str) -> Option<List> {
    match setup {
        "many users" | "swept users" | "users of a role" => Some(USERS),
        "groups, level by level" => Some(OUTERMOST),
        "members" => Some(MEMBERS),
        "many projects" => Some(PROJECTS),
        _ => None,
    }
}

/// The number of objects that a setup's list has, where it is counted.
pub(super) fn counted(setup: &str) -> Option<List> {
    match setup {
        "many users" | "swept users" | "few users" | "leaver" => Some(USER_COUNT),
        "groups, level by level" | "groups" => Some(GROUP_COUNT),
        _ => None,
    }
}

/// Leaves the way from level to level alone.
pub(super) fn hide_flat_groups(cloud: &Cloud) {
    FLAT.goes_wrong(cloud, ALWAYS, None, Fault::Alter(Alteration::at_most(0)));
}

/// Everything by hand that concerns this setup.
pub(super) fn of(setup: &Known) -> impl Iterator<Item = Case<'_>> {
    let name = setup.setup.name;
    let mut lies: Vec<Lie> = paged(name).into_iter().flat_map(|list| pages(name, list)).collect();
    lies.extend(counted(name).into_iter().flat_map(|list| counts(name, list)));
    let (whole, never_empty): (&[List], &[List]) = match name {
        "few users" => (&[LOOK_UPS], &[LOOK_UPS]),
        // One look-up that shows nothing is what absence looks like, where others are shown.
        "leaver" => (&[LOOK_UPS], &[]),
        "many users" | "swept users" | "users of a role" => (&[USERS], &[]),
        "groups" => (&[FLAT], &[FLAT]),
        "groups, level by level" => (&[OUTERMOST, CHILDREN], &[OUTERMOST]),
        "members" => (&[MEMBERS], &[]),
        "clients and mappers" => (&[CLIENTS], &[CLIENTS]),
        "many projects" => (&[PROJECTS], &[]),
        "client scopes" => (&[SCOPES, GIVEN, CLIENTS, ROLES], &[SCOPES, CLIENTS, ROLES]),
        // That there is none is what such a list shows where there is none: who may not see it is refused.
        "directory" => (&[PROVIDERS, PROVIDER_MAPPERS, DEFAULT_GROUPS, FLAT], &[FLAT]),
        "local groups" => (&LOCAL, &[KEYSTONE[0]]),
        _ => (&KEYSTONE, &[KEYSTONE[0], KEYSTONE[2]]),
    };
    lies.extend(whole.iter().flat_map(|list| ways(*list)));
    lies.extend(never_empty.iter().map(|list| always(*list, "shows nothing", None, Alteration::at_most(0))));
    if name == "users of a role" {
        lies.push(always(ROLES, "shows nothing", None, Alteration::at_most(0)));
        lies.extend(ways(ROLES));
    }
    if matches!(name, "few users" | "leaver") {
        lies.push(Lie::new("users are hidden", hide_users));
        lies.push(Lie::new("one user is hidden", hide_one));
    }
    if name == "swept users" {
        lies.push(Lie::new("one user is hidden", hide_one));
    }
    if name == "groups" {
        lies.push(always(FLAT, "is cut", None, Alteration::at_most(20)));
        lies.push(always(FLAT, "has groups that are in each other", None, Alteration::list(circle)));
    }
    if setup.setup.walks() {
        lies.push(always(CHILDREN, "shows each group in itself", None, Alteration::new(in_itself)));
    }
    lies.into_iter().map(move |lie| Case { setup, lie })
}

/// As Keycloak 26.0 does from an account that may not view them: there are none, and it may not be asked of one.
fn hide_users(cloud: &Cloud) {
    LOOK_UPS.goes_wrong(cloud, ALWAYS, None, Fault::Alter(Alteration::at_most(0)));
    USERS.goes_wrong(cloud, ALWAYS, None, Fault::Alter(Alteration::at_most(0)));
    USER_COUNT.goes_wrong(cloud, ALWAYS, None, Fault::Alter(Alteration::count(|_| 0)));
    refuse_sight(cloud);
}

/// As from an account that may view some: the others are neither shown nor counted, and it may not be asked of any.
fn hide_one(cloud: &Cloud) {
    let others = |list: Vec<Json>| list.into_iter().filter(|user| user["username"] != "user-002").collect();
    LOOK_UPS.goes_wrong(cloud, ALWAYS, None, Fault::Alter(Alteration::list(others)));
    USERS.goes_wrong(cloud, ALWAYS, None, Fault::Alter(Alteration::list(others)));
    USER_COUNT.goes_wrong(cloud, ALWAYS, None, Fault::Alter(Alteration::count(|count| count - 1)));
    refuse_sight(cloud);
}

fn refuse_sight(cloud: &Cloud) {
    let refused = Answer::json(403, &json!({"error": "HTTP 403 Forbidden"}));
    let sight = |request: &Request| request.path.iter().any(|segment| segment == "attack-detection");
    cloud.models.keycloak.faults.on(ALWAYS, sight, Fault::Answer(refused));
}

fn always(list: List, what: &str, page: Option<usize>, lie: Alteration) -> Lie {
    let place = page.map_or_else(String::new, |page| format!(", page {page},"));
    Lie::new(format!("{}{place} {what}", list.name), move |cloud| {
        list.goes_wrong(cloud, ALWAYS, page, Fault::Alter(lie.clone()));
    })
}

/// What may happen to every list.
fn ways(list: List) -> Vec<Lie> {
    let refused = Answer::json(403, &json!({"error": "forbidden"}));
    let failing = Lie::new(format!("{} is refused in the middle", list.name), move |cloud| {
        let page = if paged_by_itself(list) { Some(1) } else { None };
        list.goes_wrong(cloud, ALWAYS, page, Fault::Answer(refused.clone()));
    });
    let once = Lie::new(format!("{} fails once", list.name), move |cloud| {
        list.goes_wrong(cloud, 1, None, Fault::Answer(Answer::html(502, "Bad Gateway")));
    });
    let doubled = Alteration::list(|list| [list.clone(), list].concat());
    let mut ways = vec![
        always(list, "is no list", None, Alteration::json(|_| json!({"objects": "many"}))),
        always(list, "shows everything twice", None, doubled),
        failing,
        once,
    ];
    if list.of_keystone {
        let with = |key: &'static str, value: Json| {
            Alteration::json(move |mut document| {
                document[key] = value.clone();
                document
            })
        };
        ways.push(always(list, "is truncated", None, with("truncated", true.into())));
        ways.push(always(list, "is cut, and says so", None, Alteration::json(cut)));
        let links = json!({"next": "https://elsewhere.example.com/v3/things?marker=x", "self": "", "previous": null});
        ways.push(always(list, "goes on elsewhere for ever", None, with("links", links)));
    }
    ways
}

fn paged_by_itself(list: List) -> bool {
    [USERS, OUTERMOST, MEMBERS, PROJECTS].iter().any(|paged| paged.name == list.name)
}

/// What may happen to a list of several pages.
fn pages(setup: &'static str, list: List) -> Vec<Lie> {
    let mut lies = vec![
        always(list, "shows the first page for ever", None, Alteration::repeat()),
        always(list, "has only empty pages behind the first", Some(1), Alteration::at_most(0)),
        always(list, "has lost its first", Some(1), Alteration::list(|list| list.into_iter().skip(1).collect())),
    ];
    if list.of_keystone {
        let nowhere = Alteration::json(|mut document| {
            document["links"]["next"] = Json::Null;
            document
        });
        lies.push(always(list, "does not say that it goes on", None, nowhere));
        let gone = Answer::json(404, &json!({"error": {"code": 404, "message": "Marker could not be found."}}));
        lies.push(Lie::new("the marker is gone", move |cloud| {
            list.goes_wrong(cloud, ALWAYS, Some(1), Fault::Answer(gone.clone()));
        }));
        lies.push(Lie::new("pages are half as long", move |cloud| {
            list.goes_wrong(cloud, ALWAYS, None, Fault::Alter(Alteration::json(shorter)));
        }));
        // What is lost behind a page that is full cannot be told from what was never there.
        lies.remove(2);
        lies.remove(1);
    } else {
        lies.extend(
            [1, 100, 249, 250]
                .map(|size| always(list, &format!("has at most {size} on a page"), None, Alteration::at_most(size))),
        );
    }
    if !list.of_keystone {
        lies.push(always(list, "is cut on its second page", Some(1), Alteration::at_most(9)));
    }
    for page in 1..3 {
        for (what, deeds) in shifts(setup) {
            lies.push(Lie::new(format!("before page {page}: {what}"), move |cloud| {
                prepare(setup, cloud);
                let happens = deed(setup, cloud, deeds.clone());
                list.goes_wrong(cloud, 1, Some(page), Fault::Meanwhile(happens));
            }));
        }
    }
    lies.push(Lie::new("never stands still", move |cloud| {
        prepare(setup, cloud);
        let [front, ..] = places(setup);
        let (come, go) = (deed(setup, cloud, vec![(front, true)]), deed(setup, cloud, vec![(front, false)]));
        for page in 0..3 {
            let happens = if page % 2 == 0 { go.clone() } else { come.clone() };
            list.goes_wrong(cloud, ALWAYS, Some(page), Fault::Meanwhile(happens));
        }
    }));
    lies
}

/// The first object of a list alone, as older releases cut it.
fn cut(mut document: Json) -> Json {
    if let Some(list) = document.as_object_mut().and_then(|fields| fields.values_mut().find_map(Json::as_array_mut)) {
        list.truncate(1);
    }
    document["truncated"] = true.into();
    document
}

/// Keystone's page with a smaller limit than was asked for: the link says where it goes on.
fn shorter(mut document: Json) -> Json {
    if let Some(list) = document["projects"].as_array_mut().filter(|list| list.len() > 500) {
        list.truncate(500);
        document["links"]["next"] = "https://keystone.example.com/v3/projects?limit=500&marker=x".into();
    }
    document
}

/// What comes and goes beside a setup's list: in front, again in front, in the middle, at the end.
pub(super) fn places(setup: &str) -> [&'static str; 4] {
    match setup {
        "groups, level by level" => ["achurn", "bchurn", "group-100-churn", "zchurn"],
        "many projects" => ["p-churn-0", "p-churn-1", "p-churn-1", "p-churn-2"],
        _ => ["churn-0", "churn-1", "user-249-churn", "zchurn-0"],
    }
}

type Deeds = Vec<(&'static str, bool)>;

/// What is not there when the list is first asked for, so that it can come.
pub(super) fn prepare(setup: &'static str, cloud: &Cloud) {
    let [_, front, _, end] = places(setup);
    deed(setup, cloud, vec![(front, false), (end, false)]).now();
}

fn shifts(setup: &str) -> Vec<(&'static str, Deeds)> {
    let [front, other, middle, end] = places(setup);
    // Also before the end of the first page.
    let early = if matches!(setup, "groups, level by level" | "many projects") { middle } else { "user-100-churn" };
    vec![
        ("the first goes", vec![(front, false)]),
        ("another comes in front", vec![(other, true)]),
        ("the first goes and one comes at the end", vec![(front, false), (end, true)]),
        ("two go in front and one comes at the end", vec![(front, false), (early, false), (end, true)]),
        ("one goes in the middle", vec![(middle, false)]),
        ("one goes in the middle and one comes at the end", vec![(middle, false), (end, true)]),
        ("one goes in the middle and one comes in front", vec![(middle, false), (other, true)]),
    ]
}

/// Lets things come and go in the list of a setup.
pub(super) fn deed(setup: &'static str, cloud: &Cloud, deeds: Deeds) -> Deed {
    let (keycloak, keystone) = (cloud.models.keycloak.state(), cloud.models.keystone.state());
    Deed::new(move || {
        let (mut keycloak, mut keystone) = (keycloak.lock().unwrap(), keystone.lock().unwrap());
        for (name, comes) in &deeds {
            let user = json!({"username": name, "firstName": "C", "lastName": "H"});
            match (setup, comes) {
                ("members", _) => keycloak.member("pod", "acme", name, *comes),
                ("users of a role", _) => keycloak.role("pod", name, "ops", *comes),
                ("many projects", false) => keystone.goes("projects", name),
                ("many projects", true) => keystone.project_appears(&json!({"name": name, "domain": "Default"})),
                ("groups, level by level", false) => keycloak.group_goes("pod", name),
                ("groups, level by level", true) => {
                    keycloak.group_appears("pod", &json!({"path": format!("/{name}")}));
                }
                (_, false) => keycloak.user_goes("pod", name),
                (_, true) => {
                    keycloak.user_goes("pod", name);
                    keycloak.user_appears("pod", &user);
                }
            }
        }
    })
}

/// Wrong numbers; but a smaller one of groups than a list shows does no harm.
fn counts(setup: &'static str, list: List) -> Vec<Lie> {
    let numbers: &[u64] =
        if matches!(setup, "few users" | "leaver") { &[0, 1, 1000] } else { &[0, 250, 251, 500, 608, 100_000] };
    let mut lies: Vec<Lie> = numbers
        .iter()
        .map(|number| always(list, &format!("is {number}"), None, Alteration::count(move |_| *number)))
        .collect();
    lies.push(always(list, "is no number", None, Alteration::json(|_| json!("many"))));
    let calls = AtomicUsize::new(0);
    let grows = move |count| count + u64::try_from(calls.fetch_add(1, Ordering::Relaxed)).unwrap();
    lies.push(always(list, "grows", None, Alteration::count(grows)));
    lies
}

/// Each group is in the next one.
fn circle(mut list: Vec<Json>) -> Vec<Json> {
    let ids: Vec<Json> = list.iter().map(|group| group["id"].clone()).collect();
    for (place, group) in list.iter_mut().enumerate() {
        group["parentId"] = ids[(place + 1) % ids.len()].clone();
    }
    list
}

/// A group as the list of those in it.
fn in_itself(request: &Request, _: Answer) -> Answer {
    let id = &request.path[request.path.len() - 2];
    Answer::json(200, &json!([{"id": id, "name": "again", "parentId": id}]))
}
