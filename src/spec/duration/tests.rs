//! Durations are read as people mean them.

use super::*;

#[test]
fn parts_add_up() {
    assert_eq!(parse("90s"), Ok(Duration::from_secs(90)));
    assert_eq!(parse("1h30m"), Ok(Duration::from_mins(90)));
    assert_eq!(parse("1w1d"), Ok(Duration::from_hours(8 * 24)));
}

#[test]
fn what_is_no_duration_is_refused() {
    for text in ["", "5", "m", "-5m", "5 m", "1.5h", "0s", "10ms", "5µ", "99999999999999999999s", "9999999999999999w"]
    {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_duration_can_be_none_where_that_means_something() {
    let read = |text: &str| serde_json::from_value::<SecondsOrNone>(text.into()).map(Json::from);
    assert_eq!(read("0s").unwrap(), Json::from(0));
    assert_eq!(read("1h30m").unwrap(), Json::from(5400));
    for text in ["", "0", "5 m"] {
        assert!(read(text).is_err(), "{text}");
    }
}
