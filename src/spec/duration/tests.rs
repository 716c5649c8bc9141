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
