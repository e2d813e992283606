//! Tables whose entries have any names: variables, sockets, limits.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::limit::Setting;
use crate::socket::Spec;
use crate::variable::Variable;

/// What can be made of a name and a value.
pub(super) trait Entry: Sized {
    fn new(name: &str, value: Scalar) -> Result<Self, String>;
}

impl Entry for Variable {
    fn new(name: &str, value: Scalar) -> Result<Self, String> {
        let value = match value {
            Scalar::Truth(true) => None,
            Scalar::Truth(false) => return Err(format!("`{name}` is a text, or true for the value that it has here")),
            value => Some(value.to_string()),
        };
        Self::new(name, value)
    }
}

impl Entry for Spec {
    fn new(name: &str, value: Scalar) -> Result<Self, String> {
        Self::new(name, value.to_string().parse()?)
    }
}

impl Entry for Setting {
    fn new(name: &str, value: Scalar) -> Result<Self, String> {
        Self::new(name, &value.to_string()).map_err(|error| format!("{error:#}"))
    }
}

/// A value of TOML that is neither list nor table.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text in quotes or a number is needed")]
pub(super) enum Scalar {
    Truth(bool),
    Integer(i64),
    Number(f64),
    Text(String),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(truth) => truth.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// A table of them, in its order.
pub(super) struct Entries<T>(pub(super) Vec<T>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Entry> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Table(PhantomData))
    }
}

struct Table<T>(PhantomData<T>);

impl<'de, T: Entry> Visitor<'de> for Table<T> {
    type Value = Entries<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table: lines NAME = VALUE below one with the key in brackets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(name) = table.next_key::<String>()? {
            // Told of the value, what is wrong has the value's place.
            entries.push(table.next_value_seed(Named(&name, PhantomData))?);
        }
        Ok(Entries(entries))
    }
}

/// The value of that name.
struct Named<'a, T>(&'a str, PhantomData<T>);

impl<'de, T: Entry> DeserializeSeed<'de> for Named<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::new(self.0, Scalar::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
