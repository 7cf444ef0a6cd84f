//! The functions that expressions have beside those of CEL. Each can be called as a function and as a method.

use cel::extractors::This;
use cel::objects::Opaque;
use cel::{Context, Env, ExecutionError, Value};
use jiff::ToSpan;
use jiff::civil::Date;
use std::sync::{Arc, LazyLock};

/// What a function takes, for the check of a configuration.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    /// How many values, the receiver included.
    pub(crate) takes: std::ops::RangeInclusive<usize>,
    pub(crate) form: &'static str,
}

/// The functions of this module.
pub(crate) const OWN: &[Signature] = &[
    Signature { name: "lower", takes: 1..=1, form: "lower(text)" },
    Signature { name: "upper", takes: 1..=1, form: "upper(text)" },
    Signature { name: "trim", takes: 1..=1, form: "trim(text)" },
    Signature { name: "transliterate", takes: 1..=1, form: "transliterate(text)" },
    Signature { name: "replace", takes: 3..=3, form: "replace(text, from, to)" },
    Signature { name: "join", takes: 2..=2, form: "join(list, separator)" },
    Signature { name: "first", takes: 1..=1, form: "first(list)" },
    Signature { name: "addDays", takes: 2..=2, form: "addDays(date, days)" },
    Signature { name: "daysBetween", takes: 2..=2, form: "daysBetween(from, to)" },
    Signature { name: "unique", takes: 1..=1, form: "unique([candidate, ...])" },
];

/// The functions of CEL's standard library that the `cel` crate has without its optional features.
pub(crate) const STANDARD: &[Signature] = &[
    Signature { name: "size", takes: 1..=1, form: "size(text or list)" },
    Signature { name: "contains", takes: 2..=2, form: "text.contains(part)" },
    Signature { name: "startsWith", takes: 2..=2, form: "text.startsWith(part)" },
    Signature { name: "endsWith", takes: 2..=2, form: "text.endsWith(part)" },
    Signature { name: "string", takes: 1..=1, form: "string(value)" },
    Signature { name: "int", takes: 1..=1, form: "int(value)" },
    Signature { name: "uint", takes: 1..=1, form: "uint(value)" },
    Signature { name: "double", takes: 1..=1, form: "double(value)" },
    Signature { name: "bool", takes: 1..=1, form: "bool(value)" },
    Signature { name: "bytes", takes: 1..=1, form: "bytes(value)" },
    Signature { name: "dyn", takes: 1..=1, form: "dyn(value)" },
    Signature { name: "type", takes: 1..=1, form: "type(value)" },
];

/// CEL's macros, which look like functions to those who write them.
pub(crate) const MACROS: &[&str] = &["has", "all", "exists", "exists_one", "existsOne", "map", "filter"];

/// The function of this name.
pub(crate) fn signature(name: &str) -> Option<&'static Signature> {
    OWN.iter().chain(STANDARD).find(|signature| signature.name == name)
}

/// The candidates of `unique`: which one it is is decided when all names on the app are known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Candidates(pub(crate) Vec<String>);

impl Opaque for Candidates {
    fn runtime_type_name(&self) -> &str {
        "unique"
    }
}

static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib().with_optional_support(false)));

/// What expressions are compiled with.
pub(crate) fn environment() -> &'static Arc<Env> {
    &ENVIRONMENT
}

/// What expressions are evaluated in; the variables come with each person.
pub(crate) fn context<'v>() -> Context<'static, 'v> {
    let mut context = Context::with_env(environment().clone());
    let declared = [
        context.add_function("lower", |This(value): This<Value>| on_text("lower", value, |text| text.to_lowercase())),
        context.add_function("upper", |This(value): This<Value>| on_text("upper", value, |text| text.to_uppercase())),
        context.add_function("trim", |This(value): This<Value>| on_text("trim", value, |text| text.trim().to_owned())),
        context.add_function("transliterate", |This(value): This<Value>| on_text("transliterate", value, deunicode::deunicode)),
        context.add_function("replace", |This(value): This<Value>, from: Arc<String>, to: Arc<String>| {
            on_text("replace", value, |text| text.replace(from.as_str(), &to))
        }),
        context.add_function("join", |This(value): This<Value>, separator: Arc<String>| join(value, &separator)),
        context.add_function("first", |This(value): This<Value>| Ok::<Value, ExecutionError>(first(value))),
        context.add_function("addDays", |This(value): This<Value>, days: i64| add_days(value, days)),
        context.add_function("daysBetween", |This(from): This<Value>, to: Value| days_between(from, to)),
        context.add_function("unique", |This(value): This<Value>| unique(value)),
    ];
    debug_assert!(declared.iter().all(Result::is_ok), "no function of ours has the name of a standard one");
    context
}

fn refuse(function: &str, expected: &str, given: &Value) -> ExecutionError {
    ExecutionError::function_error(function, format!("expected {expected}, got {}", super::kind_of(given)))
}

/// Nothing stays nothing, so that an empty attribute clears what is made of it.
fn on_text(function: &str, value: Value, work: impl Fn(&str) -> String) -> Result<Value, ExecutionError> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) => Ok(work(&text).into()),
        other => Err(refuse(function, "text", &other)),
    }
}

fn join(value: Value, separator: &str) -> Result<Value, ExecutionError> {
    let items = match value {
        Value::Null => return Ok(Value::Null),
        Value::List(items) => items,
        other => return Err(refuse("join", "a list", &other)),
    };
    let mut parts = Vec::with_capacity(items.len());
    for item in items.iter() {
        match item {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::String(text) => parts.push(text.as_str().to_owned()),
            Value::Int(number) => parts.push(number.to_string()),
            other => return Err(refuse("join", "a list of text", other)),
        }
    }
    Ok(parts.join(separator).into())
}

fn first(value: Value) -> Value {
    match value {
        Value::List(items) => items.iter().find(|item| **item != Value::Null).cloned().unwrap_or(Value::Null),
        single => single,
    }
}

fn date(function: &str, value: &Value) -> Result<Option<Date>, ExecutionError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => match text.get(..10).unwrap_or(text).parse() {
            Ok(date) => Ok(Some(date)),
            Err(_) => Err(ExecutionError::function_error(function, format!("`{text}` is not a date: expected YYYY-MM-DD"))),
        },
        other => Err(refuse(function, "a date as text", other)),
    }
}

fn add_days(value: Value, days: i64) -> Result<Value, ExecutionError> {
    let Some(date) = date("addDays", &value)? else { return Ok(Value::Null) };
    let out_of_range = |_| ExecutionError::function_error("addDays", format!("{date} and {days} days is no date"));
    let span = jiff::Span::new().try_days(days).map_err(out_of_range)?;
    Ok(date.checked_add(span).map_err(out_of_range)?.to_string().into())
}

fn days_between(from: Value, to: Value) -> Result<Value, ExecutionError> {
    let (Some(from), Some(to)) = (date("daysBetween", &from)?, date("daysBetween", &to)?) else { return Ok(Value::Null) };
    let span = from.until(to).unwrap_or_else(|_| 0.days());
    Ok(i64::from(span.get_days()).into())
}

fn unique(value: Value) -> Result<Value, ExecutionError> {
    let items = match value {
        Value::List(items) => items,
        other => return Err(refuse("unique", "a list of candidates", &other)),
    };
    let mut candidates = Vec::with_capacity(items.len());
    for item in items.iter() {
        match item {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::String(text) => candidates.push(text.as_str().to_owned()),
            other => return Err(refuse("unique", "candidates that are text", other)),
        }
    }
    Ok(Value::Opaque(Arc::new(Candidates(candidates))))
}
