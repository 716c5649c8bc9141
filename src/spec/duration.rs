//! Durations as people write them: one or more of NUMBER and `w`, `d`, `h`, `m` or `s`; a day is 24 hours.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

use crate::model::Json;

/// A duration of a spec, in seconds as servers count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(transparent, extend("examples" = ["1h30m"]))]
pub struct Seconds(#[schemars(with = "String", regex(pattern = "^([0-9]+[wdhms])+$"))] u64);

/// A duration of a spec that can be none at all: `0s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(transparent, extend("examples" = ["1h30m", "0s"]))]
pub struct SecondsOrNone(#[schemars(with = "String", regex(pattern = "^([0-9]+[wdhms])+$"))] u64);

impl From<SecondsOrNone> for Json {
    fn from(SecondsOrNone(seconds): SecondsOrNone) -> Self {
        seconds.into()
    }
}

impl Serialize for SecondsOrNone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}s", self.0))
    }
}

impl<'de> Deserialize<'de> for SecondsOrNone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrNone)
    }
}

impl From<Seconds> for Duration {
    fn from(Seconds(seconds): Seconds) -> Self {
        Self::from_secs(seconds)
    }
}

impl From<Seconds> for Json {
    fn from(Seconds(seconds): Seconds) -> Self {
        seconds.into()
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}s", self.0))
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text)
    }
}

struct TextOrNone;

impl Visitor<'_> for TextOrNone {
    type Value = SecondsOrNone;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Text.expecting(formatter)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SecondsOrNone, E> {
        sum(text).map(SecondsOrNone).map_err(E::custom)
    }

    /// Nothing stands for a value that has been complained about already.
    fn visit_unit<E: Error>(self) -> Result<SecondsOrNone, E> {
        Ok(SecondsOrNone(0))
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Seconds;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a duration such as 1h30m")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Seconds, E> {
        parse(text).map(|it| Seconds(it.as_secs())).map_err(E::custom)
    }

    /// Nothing stands for a value that has been complained about already.
    fn visit_unit<E: Error>(self) -> Result<Seconds, E> {
        Ok(Seconds(0))
    }
}

/// Reads a duration such as `90s` or `1h30m`.
///
/// # Errors
/// A text that says what is expected.
pub fn parse(text: &str) -> Result<Duration, String> {
    match sum(text)? {
        0 => Err("this is no time at all".to_owned()),
        seconds => Ok(Duration::from_secs(seconds)),
    }
}

/// The seconds of a duration.
fn sum(text: &str) -> Result<u64, String> {
    let expected = || "expected one or more of NUMBER and w, d, h, m or s, such as 1h30m".to_owned();
    let mut seconds = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).ok_or_else(expected)?;
        let (number, unit) = rest.split_at(digits);
        let factor = match unit.chars().next() {
            Some('w') => 7 * 24 * 3600,
            Some('d') => 24 * 3600,
            Some('h') => 3600,
            Some('m') => 60,
            Some('s') => 1,
            _ => return Err(expected()),
        };
        if number.is_empty() {
            return Err(expected());
        }
        let part = number.parse().ok().and_then(|number: u64| number.checked_mul(factor));
        let sum = part.and_then(|part| seconds.checked_add(part));
        seconds = sum.ok_or("this is longer than anybody waits")?;
        rest = &unit[1..];
    }
    if text.is_empty() { Err(expected()) } else { Ok(seconds) }
}

#[cfg(test)]
mod tests;
