//! Places: how they are named, ordered and compared.

use std::sync::Arc;

use super::{File, Mark, Source};

fn source(path: &str, line: usize, column: usize) -> Source {
    Source::marked(Arc::new(File::new(path, "")), Mark { line, column, ..Mark::default() })
}

#[test]
fn a_place_is_named_by_file_line_and_column() {
    assert_eq!(source("dir/acme.yaml", 12, 5).to_string(), "dir/acme.yaml:12:5");
    assert_eq!(format!("{:?}", source("acme.yaml", 12, 5)), "acme.yaml:12:5");
    assert_eq!(source("-", 1, 2).to_string(), "<stdin>:1:2");
    assert_eq!(Source::whole(Arc::new(File::new("acme.yaml", "a: 1"))).to_string(), "acme.yaml");
}

#[test]
fn places_are_ordered_by_file_line_and_column_and_equal_across_copies_of_a_file() {
    let mut places = [source("b", 1, 1), source("a", 10, 1), source("a", 9, 2), source("a", 9, 1)];
    places.sort();
    assert_eq!(places.map(|place| place.to_string()), ["a:9:1", "a:9:2", "a:10:1", "b:1:1"]);
    assert_eq!(source("a", 1, 1), source("a", 1, 1));
    assert_ne!(source("a", 1, 1), source("a", 1, 2));
}

#[test]
fn hidden_ranges_are_kept_in_order() {
    let file = File::new("a", "0123456789").hiding(vec![7..9, 1..3]);
    assert_eq!(file.hidden(), [1..3, 7..9]);
}
