//! Times and sizes, as people write them.

use std::fmt::Display;
use std::time::Duration;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A time: `"1.5s"`, `"20ms"`, `"1h 30m"`, or a number of seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time(pub(super) Duration);

/// A number of bytes: `"64KiB"`, or a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size(pub(super) u64);

/// What is written as text, or as a number.
struct Written<T> {
    expected: &'static str,
    text: fn(&str) -> Option<T>,
    number: fn(f64) -> Option<T>,
}

impl<T> Written<T> {
    fn found<E: Error>(&self, value: Option<T>, written: impl Display) -> Result<T, E> {
        value.ok_or_else(|| E::custom(format!("`{written}` is not {}", self.expected)))
    }
}

impl<T> Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        self.found((self.text)(text), text)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.found((self.number)(number as f64), number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        self.found((self.number)(number), number)
    }
}

/// What is longer is no time of a simulation.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

fn time(text: &str) -> Option<Duration> {
    let seconds = text.strip_suffix('s').and_then(|seconds| seconds.parse().ok());
    let fraction = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    fraction.or_else(|| humantime::parse_duration(text).ok()).filter(|time| *time <= LONGEST)
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written {
            expected: "a time such as \"1.5s\", \"20ms\" or \"1h 30m\"",
            text: time,
            number: |seconds| Duration::try_from_secs_f64(seconds).ok().filter(|time| *time <= LONGEST),
        };
        deserializer.deserialize_any(written).map(Self)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written {
            expected: "a number of bytes such as \"64KiB\" or 1000, which is not 0",
            text: |text| parse_size::parse_size(text.trim_end_matches("/s")).ok().filter(|size| *size > 0),
            number: |number| (number >= 1.0 && number.fract() == 0.0).then_some(number as u64),
        };
        deserializer.deserialize_any(written).map(Self)
    }
}

/// A time that may be less than nothing: `"-2s"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed(pub(super) i64);

impl<'de> Deserialize<'de> for Signed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn nanoseconds(time: Duration) -> Option<i64> {
            i64::try_from(time.as_nanos()).ok()
        }
        let written = Written {
            expected: "a time such as \"2s\" or \"-500ms\"",
            text: |text| match text.strip_prefix('-') {
                Some(text) => time(text).and_then(nanoseconds).map(|time| -time),
                None => time(text).and_then(nanoseconds),
            },
            number: |seconds| (seconds.abs() < 1e9).then_some((seconds * 1e9) as i64),
        };
        deserializer.deserialize_any(written).map(Self)
    }
}
