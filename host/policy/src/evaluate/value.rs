//! From what an expression gives to the values of an attribute, made to fit its schema.

use crate::expression::{Candidates, kind_of};
use cel::Value as Cel;
use cel::objects::{Key, Map};
use innkeeper_domain::{AttributeSchema, AttributeType, Decimal, Scalar, Slot, Text, Value};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

/// One value, or a choice that is made when all names on the app are known.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    Value(Value),
    Unique { candidates: Vec<String>, label: Option<Text>, primary: bool },
}

/// Values that fit their attribute's schema.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fitting {
    /// Nothing is left to choose.
    Settled(Slot),
    /// A name is still to be chosen.
    Open(Vec<Given>),
}

impl From<Vec<Given>> for Fitting {
    fn from(given: Vec<Given>) -> Self {
        let settled = given.iter().map(|given| match given {
            Given::Value(value) => Some(value.clone()),
            Given::Unique { .. } => None,
        });
        match settled.collect() {
            Some(values) => Self::Settled(values),
            None => Self::Open(given),
        }
    }
}

/// The values that a mapping's result stands for. Nothing and empty text are no value.
pub(super) fn given(value: &Cel) -> Result<Vec<Given>, String> {
    match value {
        Cel::List(items) => {
            let mut all = Vec::with_capacity(items.len());
            for item in items.iter() {
                if let Cel::List(_) = item {
                    return Err("a list within a list is not a value".to_owned());
                }
                all.extend(given(item)?);
            }
            Ok(all)
        }
        Cel::Map(map) => labelled(map),
        Cel::Opaque(opaque) => match opaque.downcast_ref::<Candidates>() {
            Some(Candidates(candidates)) if candidates.is_empty() => Ok(Vec::new()),
            Some(Candidates(candidates)) => {
                Ok(vec![Given::Unique { candidates: candidates.clone(), label: None, primary: false }])
            }
            None => Err("the result is not a value".to_owned()),
        },
        simple => Ok(scalar(simple)?.map(|scalar| Given::Value(Value::plain(scalar))).into_iter().collect()),
    }
}

/// The same for an attribute that is taken as it is: labels stay behind, as in expressions.
pub(super) fn plain(values: &[Value]) -> Vec<Given> {
    let telling = values.iter().filter(|value| !matches!(&value.scalar, Scalar::Text(text) if text.is_empty()));
    telling.map(|value| Given::Value(Value::plain(value.scalar.clone()))).collect()
}

/// What most attributes of most people are, without looking at it twice: one text where a text may be, taken as it is.
pub(super) fn simple(values: &[Value], schema: Option<&AttributeSchema>) -> Option<Slot> {
    let is_text = |schema: &AttributeSchema| schema.kind == AttributeType::Text && schema.canonical_values.is_empty();
    match values {
        [Value { scalar: Scalar::Text(text), .. }] if !text.is_empty() && schema.is_none_or(is_text) => {
            Some(Value::plain(text.clone()).into())
        }
        _ => None,
    }
}

fn scalar(value: &Cel) -> Result<Option<Scalar>, String> {
    Ok(Some(match value {
        Cel::Null => return Ok(None),
        Cel::String(text) if text.is_empty() => return Ok(None),
        Cel::String(text) => Scalar::Text(text.as_str().into()),
        Cel::Bool(value) => Scalar::Boolean(*value),
        Cel::Int(number) => Scalar::Integer(i32::try_from(*number).map_err(|_| too_large(number))?),
        Cel::UInt(number) => Scalar::Integer(i32::try_from(*number).map_err(|_| too_large(number))?),
        Cel::Float(number) => Scalar::Decimal(Decimal(*number)),
        other => return Err(format!("expected a value, got {}", kind_of(other))),
    }))
}

fn too_large(number: impl std::fmt::Display) -> String {
    format!("{number} does not fit into 32 bits; `string(...)` makes text of it")
}

fn labelled(map: &Map) -> Result<Vec<Given>, String> {
    let entry = |name: &str| map.get(&Key::from(name));
    if let Some(odd) =
        map.map.keys().map(Key::to_string).filter(|key| !["value", "type", "primary"].contains(&key.as_str())).min()
    {
        return Err(format!("a value has nothing called `{odd}` beside it: known are `value`, `type` and `primary`"));
    }
    let label = match entry("type") {
        None | Some(Cel::Null) => None,
        Some(Cel::String(text)) => Some(Text::from(text.as_str())),
        Some(other) => return Err(format!("`type` is text, and this is {}", kind_of(other))),
    };
    let primary = match entry("primary") {
        None | Some(Cel::Null) => false,
        Some(Cel::Bool(primary)) => *primary,
        Some(other) => return Err(format!("`primary` is true or false, and this is {}", kind_of(other))),
    };
    let value = entry("value").ok_or("a value with a label needs `value`")?;
    if matches!(value, Cel::List(_) | Cel::Map(_)) {
        return Err(format!("`value` is one value, and this is {}", kind_of(value)));
    }
    Ok(given(value)?
        .into_iter()
        .map(|inner| match inner {
            Given::Value(inner) => Given::Value(Value { scalar: inner.scalar, label: label.clone(), primary }),
            Given::Unique { candidates, .. } => Given::Unique { candidates, label: label.clone(), primary },
        })
        .collect())
}

/// Checks the values against the attribute's schema and converts what has an obvious counterpart.
pub(super) fn fit(values: Vec<Given>, schema: Option<&AttributeSchema>) -> Result<Vec<Given>, String> {
    let exact = schema.is_some_and(|schema| schema.case_exact);
    let mut fitting: Vec<Given> = Vec::with_capacity(values.len());
    for value in values {
        let value = match (value, schema) {
            (Given::Value(value), Some(schema)) => Given::Value(Value { scalar: convert(value.scalar, schema)?, ..value }),
            (value, _) => value,
        };
        let again = |other: &Given| match (other, &value) {
            (Given::Value(one), Given::Value(two)) => one.scalar.same(&two.scalar, exact) && one.label == two.label,
            (one, two) => one == two,
        };
        if !fitting.iter().any(again) {
            fitting.push(value);
        }
    }
    if let Some(schema) = schema.filter(|schema| !schema.multi_valued)
        && fitting.len() > 1
    {
        return Err(format!("{} values for `{}`, which has one; `first(...)` takes the first", fitting.len(), schema.name));
    }
    let primary =
        |value: &&Given| matches!(value, Given::Value(Value { primary: true, .. }) | Given::Unique { primary: true, .. });
    if fitting.iter().filter(primary).count() > 1 {
        return Err("several values are primary, and one can be".to_owned());
    }
    Ok(fitting)
}

/// One value as the schema wants it.
pub(super) fn convert(scalar: Scalar, schema: &AttributeSchema) -> Result<Scalar, String> {
    let scalar = match (schema.kind, scalar) {
        (AttributeType::Text | AttributeType::Reference, Scalar::Integer(number)) => Scalar::Text(number.to_string().into()),
        (AttributeType::Text | AttributeType::Reference, Scalar::Decimal(number)) => Scalar::Text(number.0.to_string().into()),
        (AttributeType::Text | AttributeType::Reference, text @ Scalar::Text(_)) => text,
        (AttributeType::Boolean, value @ Scalar::Boolean(_)) => value,
        (AttributeType::Boolean, Scalar::Text(text)) if text.eq_ignore_ascii_case("true") => Scalar::Boolean(true),
        (AttributeType::Boolean, Scalar::Text(text)) if text.eq_ignore_ascii_case("false") => Scalar::Boolean(false),
        (AttributeType::Integer, number @ Scalar::Integer(_)) => number,
        (AttributeType::Integer, Scalar::Text(text)) => match text.parse() {
            Ok(number) => Scalar::Integer(number),
            Err(_) => return Err(mismatch(schema, &Scalar::Text(text))),
        },
        (AttributeType::Decimal, number @ Scalar::Decimal(_)) => number,
        (AttributeType::Decimal, Scalar::Integer(number)) => Scalar::Decimal(Decimal(f64::from(number))),
        (AttributeType::Decimal, Scalar::Text(text)) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Scalar::Decimal(Decimal(number)),
            _ => return Err(mismatch(schema, &Scalar::Text(text))),
        },
        (AttributeType::DateTime, Scalar::Text(text)) if is_date(&text) => Scalar::Text(text),
        (_, other) => return Err(mismatch(schema, &other)),
    };
    match &scalar {
        Scalar::Text(text) if !takes(schema, text) => {
            Err(format!("`{}` is one of {}, and this is `{text}`", schema.name, schema.canonical_values.join(", ")))
        }
        _ => Ok(scalar),
    }
}

fn mismatch(schema: &AttributeSchema, scalar: &Scalar) -> String {
    let given = match scalar {
        Scalar::Boolean(_) => "true or false".to_owned(),
        Scalar::Integer(_) | Scalar::Decimal(_) => "a number".to_owned(),
        Scalar::Text(text) => format!("the text `{text}`"),
    };
    format!("`{}` is {}, and this is {given}", schema.name, type_in_words(schema.kind))
}

/// The type as people call it.
pub(crate) fn type_in_words(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::Text => "text",
        AttributeType::Boolean => "true or false",
        AttributeType::Integer => "a whole number",
        AttributeType::Decimal => "a number",
        AttributeType::DateTime => "a date",
        AttributeType::Reference => "a reference",
    }
}

/// Whether the system takes the text; it takes any if it names no canonical values.
pub(crate) fn takes(schema: &AttributeSchema, text: &str) -> bool {
    let same =
        |canonical: &String| if schema.case_exact { canonical == text } else { canonical.to_lowercase() == text.to_lowercase() };
    schema.canonical_values.is_empty() || schema.canonical_values.iter().any(same)
}

fn is_date(text: &str) -> bool {
    match text.len() {
        10 => text.parse::<Date>().is_ok(),
        _ => text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok(),
    }
}
