//! Trees of projects: in which order, and what stands in the way.

use serde_json::json;

use super::*;
use crate::model::address::Ids;
use crate::resource::ids;
use crate::shape;

fn address(name: &str) -> Address {
    Address::project("z", name)
}

/// A project that is there: its name, what it is part of, whether it is enabled.
fn live(name: &str, parent: &str, enabled: bool) -> (Address, Live) {
    let body = json!({"parent_id": parent, "enabled": enabled});
    (address(name), Live { id: Some(name.to_owned()), body })
}

fn asked(name: &str, ensure: Ensure, enabled: Option<bool>, parent: Option<&str>) -> Wanted {
    let field = |word: &str, path: &str, want| Field {
        word: word.to_owned(),
        path: Path::new([path]),
        spelling: Spelling::Same,
        want,
        source: None,
    };
    let enabled = enabled.map(|enabled| field(ENABLED, ENABLED, Want::Is(Value::Json(enabled.into()))));
    let fixed = parent.map(|parent| field("parent", PARENT, Want::Fixed(Value::Id(address(parent)))));
    let requires = parent.map(address).into_iter().collect();
    let fields = enabled.into_iter().chain(fixed).collect();
    Wanted { ensure, fields, requires, ..Wanted::entity(address(name)) }
}

fn settled(wanted: &[Wanted], live: impl IntoIterator<Item = (Address, Live)>) -> (Found, Found) {
    let found = Found { live: live.into_iter().collect(), ..Found::default() };
    (settle(&Ask { wanted: wanted.iter().collect(), ..Ask::default() }, &found), found)
}

fn requires(settled: &Found, name: &str) -> Vec<String> {
    let adapted = settled.adapted.iter().find(|wanted| wanted.address == address(name));
    adapted.map_or_else(Vec::new, |wanted| wanted.requires.iter().map(|one| one.name().to_owned()).collect())
}

fn there(enabled: bool) -> [(Address, Live); 3] {
    [live("all", "z", enabled), live("part", "all", enabled), live("leaf", "part", enabled)]
}

#[test]
fn parts_are_disabled_before_the_whole_and_enabled_after_it() {
    for (parent_of_part, parent_of_leaf) in [(None, None), (Some("all"), Some("part"))] {
        let tree = |enabled| {
            [
                asked("all", Ensure::Present, Some(enabled), None),
                asked("part", Ensure::Present, Some(enabled), parent_of_part),
                asked("leaf", Ensure::Present, Some(enabled), parent_of_leaf),
            ]
        };
        let (down, _) = settled(&tree(false), there(true));
        assert_eq!(down.problems, []);
        assert_eq!(
            [requires(&down, "all"), requires(&down, "part"), requires(&down, "leaf")],
            [vec!["part".to_owned()], vec!["leaf".to_owned()], vec![]]
        );
        let (up, _) = settled(&tree(true), there(false));
        assert_eq!(up.problems, []);
        assert_eq!((requires(&up, "part"), requires(&up, "leaf")), (vec!["all".to_owned()], vec!["part".to_owned()]));
        let (nothing, _) = settled(&tree(true), there(true));
        assert_eq!((nothing.problems, nothing.adapted), (vec![], vec![]));
    }
}

#[test]
fn a_part_that_goes_is_disabled_before_the_whole_is() {
    let wanted = [asked("all", Ensure::Present, Some(false), None), asked("part", Ensure::Absent, None, Some("all"))];
    let (settled, found) = settled(&wanted, [live("all", "z", true), live("part", "all", true)]);
    let [First { wanted, before }] = settled.first.as_slice() else { panic!("{:?}", settled.first) };
    assert_eq!((before.as_slice(), wanted.requires.as_slice()), (&[address("all")][..], &[][..]));
    let ids: Ids = ids(&found.live);
    let step = shape::diff(wanted, found.live.get(&address("part")), &ids).unwrap().unwrap();
    assert_eq!(step.fields[0].word, "enabled");
}

#[test]
fn what_goes_together_goes_by_its_parts_and_does_not_leave_any() {
    let gone = |name| asked(name, Ensure::Absent, None, None);
    let (settled_all, _) = settled(&[gone("all"), gone("part"), gone("leaf")], there(true));
    assert_eq!(settled_all.problems, []);
    assert_eq!(requires(&settled_all, "leaf"), ["part"], "deletions are reversed");
    let (settled_some, _) = settled(&[gone("all"), gone("part")], there(true));
    let [problem] = settled_some.problems.as_slice() else { panic!("{:?}", settled_some.problems) };
    assert_eq!(problem.address, address("part"));
    assert!(problem.message.ends_with("no project with parts: keystone/project/z/leaf"), "{}", problem.message);
}

#[test]
fn nothing_is_enabled_or_made_in_what_stays_disabled() {
    let wanted = [
        asked("part", Ensure::Present, Some(true), None),
        asked("new", Ensure::Present, None, Some("all")),
        asked("leaf", Ensure::Present, Some(false), None),
    ];
    let (settled, _) = settled(&wanted, there(false).into_iter().filter(|(found, _)| *found != address("leaf")));
    let mut told: Vec<&str> = settled.problems.iter().map(|problem| problem.address.name()).collect();
    told.sort_unstable();
    assert_eq!(told, ["new", "part"]);
}

#[test]
fn what_is_only_verified_orders_nothing() {
    let wanted = [asked("all", Ensure::Absent, None, None).verified()];
    let (settled, _) = settled(&wanted, there(true));
    assert_eq!((settled.problems, settled.adapted), (vec![], vec![]));
    assert!(!matters(&wanted[0]) && matters(&asked("all", Ensure::Absent, None, None)));
}
