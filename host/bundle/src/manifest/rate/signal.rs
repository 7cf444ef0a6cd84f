//! `[[rate.signals]]` and `[[rate.exhausted]]`: which answers say what, and for how long.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An answer by which a system says that too many requests came. It did not carry the request out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SignalFile")]
pub struct Signal {
    /// The statuses that it can have.
    pub status: Vec<u16>,
    /// What it has beside its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Where it says how long to wait: the first that is there counts.
    pub wait: Vec<Wait>,
    /// How many seconds to wait where it does not say; the host has a default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<u32>,
}

/// An answer that says that it was the last for a while: the request was carried out, and the next one would not be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ExhaustedFile")]
pub struct Exhausted {
    /// What it has, whatever its status.
    pub when: Condition,
    /// Where it says how long to wait: the first that is there counts. Where none is there is no wait.
    pub wait: Vec<Wait>,
}

/// A part of an answer, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ConditionFile", into = "ConditionFile")]
pub struct Condition {
    /// The part.
    pub place: Place,
    /// What it must be.
    pub expected: Expectation,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header field, by its name.
    Header(String),
    /// A text, a number or a truth value in a JSON body, by its pointer (RFC 6901).
    Json(String),
}

/// What a part of an answer must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Anything, as long as it is there.
    Present,
    /// One of these; a number or a truth value as JSON writes it.
    OneOf(Vec<String>),
    /// A text with this in it, in whatever case.
    Contains(String),
}

/// A part of an answer that says how long to wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WaitFile", into = "WaitFile")]
pub struct Wait {
    /// The part.
    pub place: Place,
    /// How it says it.
    pub form: Form,
}

/// How a time to wait is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Seconds or a date, as in `Retry-After` (RFC 9110, section 10.2.3).
    #[default]
    RetryAfter,
    /// Seconds from now on, perhaps with a fraction.
    Seconds,
    /// A moment, in seconds since 1970.
    EpochSeconds,
    /// A moment, in milliseconds since 1970.
    EpochMilliseconds,
}

/// An answer by which a system says that too many requests came. It did not carry the request out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Signal")]
pub(super) struct SignalFile {
    /// The statuses that it can have: 200 to 299 and 400 to 599.
    #[schemars(length(min = 1), inner(range(min = 200, max = 599)))]
    status: Vec<u16>,
    /// What it has beside its status. Only 420, 429 and 500 to 599 can do without.
    #[schemars(with = "Option<ConditionFile>")]
    when: Option<Condition>,
    /// Where it says how long to wait: the first that is there counts. Without this, in `Retry-After`.
    #[serde(default = "retry_after")]
    #[schemars(with = "Vec<WaitFile>")]
    wait: Vec<Wait>,
    /// How many seconds to wait where it does not say; the host has a default.
    #[schemars(range(min = 1))]
    otherwise: Option<u32>,
}

/// An answer that says that it was the last for a while: the request was carried out, and the next one would not be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Exhausted")]
pub(super) struct ExhaustedFile {
    /// What it has, whatever its status.
    #[schemars(with = "ConditionFile")]
    when: Condition,
    /// Where it says how long to wait: the first that is there counts. Where none is there is no wait.
    #[schemars(with = "Vec<WaitFile>", length(min = 1))]
    wait: Vec<Wait>,
}

/// A part of an answer, and what it must be; with neither of equals, one-of and contains it must be there.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Condition", extend("oneOf" = [{ "required": ["header"] }, { "required": ["json"] }]))]
struct ConditionFile {
    /// A header field, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    /// A text, a number or a truth value in a JSON body, by its pointer (RFC 6901).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<String>,
    /// It is this; a number or a truth value as JSON writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    equals: Option<String>,
    /// It is one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    one_of: Option<Vec<String>>,
    /// It is a text with this in it, in whatever case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    contains: Option<String>,
}

/// A part of an answer that says how long to wait.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Wait", extend("oneOf" = [{ "required": ["header"] }, { "required": ["json"] }]))]
struct WaitFile {
    /// A header field, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    /// A text or a number in a JSON body, by its pointer (RFC 6901).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<String>,
    /// How it says it.
    #[serde(default, rename = "as")]
    form: Form,
}

/// Where nothing else is said.
fn retry_after() -> Vec<Wait> {
    vec![Wait { place: Place::Header("retry-after".to_owned()), form: Form::RetryAfter }]
}

impl TryFrom<SignalFile> for Signal {
    type Error = String;

    fn try_from(file: SignalFile) -> Result<Self, String> {
        let SignalFile { status, when, wait, otherwise } = file;
        if status.is_empty() {
            return Err("name at least one status, such as status = [429]".to_owned());
        }
        // A redirect is followed or refused before anybody looks for signals.
        if let Some(bad) = status.iter().find(|status| !matches!(status, 200..=299 | 400..=599)) {
            return Err(format!("a signal cannot have the status {bad}: only 200 to 299 and 400 to 599"));
        }
        // What many other answers have too would stop the app for no reason.
        if when.is_none()
            && let Some(common) = status.iter().find(|status| !matches!(status, 420 | 429 | 500..))
        {
            return Err(format!(
                "not every answer with the status {common} says that too many requests came: add when = {{ header = \"...\", equals = \"...\" }}"
            ));
        }
        if otherwise == Some(0) {
            return Err("otherwise must be at least 1 second".to_owned());
        }
        Ok(Self { status, when, wait, otherwise })
    }
}

impl TryFrom<ExhaustedFile> for Exhausted {
    type Error = &'static str;

    fn try_from(file: ExhaustedFile) -> Result<Self, Self::Error> {
        match file.wait.is_empty() {
            true => Err(
                "say where the answer tells how long to wait, such as wait = [{ header = \"x-ratelimit-reset\", as = \"epoch-seconds\" }]",
            ),
            false => Ok(Self { when: file.when, wait: file.wait }),
        }
    }
}

impl TryFrom<ConditionFile> for Condition {
    type Error = String;

    fn try_from(file: ConditionFile) -> Result<Self, String> {
        let expected = match (file.equals, file.one_of, file.contains) {
            (None, None, None) => Expectation::Present,
            (Some(value), None, None) => Expectation::OneOf(vec![value]),
            (None, Some(values), None) if !values.is_empty() => Expectation::OneOf(values),
            (None, None, Some(part)) if !part.is_empty() => Expectation::Contains(part),
            (None, Some(_), None) | (None, None, Some(_)) => return Err("one-of and contains must not be empty".to_owned()),
            _ => return Err("give one of equals, one-of and contains".to_owned()),
        };
        Ok(Self { place: place(file.header, file.json)?, expected })
    }
}

impl From<Condition> for ConditionFile {
    fn from(condition: Condition) -> Self {
        let (header, json) = condition.place.split();
        let file = Self { header, json, ..Self::default() };
        match condition.expected {
            Expectation::Present => file,
            Expectation::OneOf(mut values) if values.len() == 1 => Self { equals: values.pop(), ..file },
            Expectation::OneOf(values) => Self { one_of: Some(values), ..file },
            Expectation::Contains(part) => Self { contains: Some(part), ..file },
        }
    }
}

impl TryFrom<WaitFile> for Wait {
    type Error = String;

    fn try_from(file: WaitFile) -> Result<Self, String> {
        Ok(Self { place: place(file.header, file.json)?, form: file.form })
    }
}

impl From<Wait> for WaitFile {
    fn from(wait: Wait) -> Self {
        let (header, json) = wait.place.split();
        Self { header, json, form: wait.form }
    }
}

fn place(header: Option<String>, json: Option<String>) -> Result<Place, String> {
    match (header, json) {
        (Some(name), None) if is_token(&name) => Ok(Place::Header(name.to_ascii_lowercase())),
        (Some(name), None) => Err(format!("`{name}` is not the name of a header")),
        (None, Some(pointer)) if is_pointer(&pointer) => Ok(Place::Json(pointer)),
        (None, Some(pointer)) => Err(format!("`{pointer}` is not a JSON pointer, such as /error/errors/0/reason")),
        _ => Err("give one of header and json".to_owned()),
    }
}

impl Place {
    fn split(self) -> (Option<String>, Option<String>) {
        match self {
            Self::Header(name) => (Some(name), None),
            Self::Json(pointer) => (None, Some(pointer)),
        }
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// RFC 6901, section 3; the whole document, which is the empty pointer, is no text.
fn is_pointer(pointer: &str) -> bool {
    pointer.starts_with('/') && pointer.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']))
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Header(name) => write!(formatter, "{name}")?,
            Place::Json(pointer) => write!(formatter, "{pointer} in its body")?,
        }
        match &self.expected {
            Expectation::Present => Ok(()),
            Expectation::OneOf(values) => write!(formatter, " = {}", values.join(" or ")),
            Expectation::Contains(part) => write!(formatter, " with \"{part}\""),
        }
    }
}
