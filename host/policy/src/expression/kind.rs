//! What kind of value an expression gives, as far as that can be told without running it.

use std::fmt;

/// A kind of value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Boolean,
    Number,
    /// Always nothing.
    Null,
    List(Box<Kind>),
    Map,
    /// Cannot be told.
    Any,
}

impl Kind {
    /// The kind of a value that is one or the other.
    pub(crate) fn or(self, other: Kind) -> Kind {
        match (self, other) {
            (left, right) if left == right => left,
            (Kind::Null, kind) | (kind, Kind::Null) => kind,
            (Kind::List(left), Kind::List(right)) => Kind::List(Box::new(left.or(*right))),
            _ => Kind::Any,
        }
    }

    /// The kind of a list's items.
    pub(crate) fn item(&self) -> Kind {
        match self {
            Kind::List(item) => (**item).clone(),
            _ => Kind::Any,
        }
    }

    /// Whether a value may be of both kinds.
    pub(crate) fn may_be(&self, other: &Kind) -> bool {
        match (self, other) {
            (Kind::Any | Kind::Null, _) | (_, Kind::Any | Kind::Null) => true,
            (Kind::List(left), Kind::List(right)) => left.may_be(right),
            (left, right) => left == right,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Kind::Text => "text",
            Kind::Boolean => "true or false",
            Kind::Number => "a number",
            Kind::Null => "nothing",
            Kind::List(_) => "a list",
            Kind::Map => "a map",
            Kind::Any => "anything",
        })
    }
}

/// The kind of a value that was computed.
pub(crate) fn kind_of(value: &cel::Value) -> Kind {
    match value {
        cel::Value::Null => Kind::Null,
        cel::Value::String(_) => Kind::Text,
        cel::Value::Bool(_) => Kind::Boolean,
        cel::Value::Int(_) | cel::Value::UInt(_) | cel::Value::Float(_) => Kind::Number,
        cel::Value::List(_) => Kind::List(Box::new(Kind::Any)),
        cel::Value::Map(_) => Kind::Map,
        _ => Kind::Any,
    }
}
