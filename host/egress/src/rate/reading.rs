//! An answer, as far as it tells of a rate.

use http::HeaderMap;
use serde_json::Value;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The largest body that is looked into, in bytes: what says "too many" is short, and a long body is a list of what was asked for.
const LOOKED_INTO: usize = 64 * 1024;

/// The shortest rest: the clocks and dates of HTTP know no less, and a rest of nothing would only bring the same answer again.
const SHORTEST: Duration = Duration::from_secs(1);

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header field, by its name.
    Header(String),
    /// A text, a number or a truth value in a JSON body, by its pointer (RFC 6901).
    Json(String),
}

/// A part of an answer that says how long to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The part.
    pub place: Place,
    /// How it says it.
    pub form: Form,
}

/// How a time to wait is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Seconds or a date, as in `Retry-After` (RFC 9110, section 10.2.3).
    RetryAfter,
    /// Seconds from now on, perhaps with a fraction.
    Seconds,
    /// A moment, in seconds since 1970.
    EpochSeconds,
    /// A moment, in milliseconds since 1970.
    EpochMilliseconds,
}

/// An answer to look for signals in.
pub(crate) struct Reading<'a> {
    pub(super) status: u16,
    headers: &'a HeaderMap,
    body: Option<&'a [u8]>,
    /// Only read when somebody asks for it.
    json: OnceCell<Option<Value>>,
    now: SystemTime,
}

impl<'a> Reading<'a> {
    /// `body` is none where it could not be read.
    pub(crate) fn new(status: u16, headers: &'a HeaderMap, body: Option<&'a [u8]>, now: SystemTime) -> Self {
        Self { status, headers, body, json: OnceCell::new(), now }
    }

    /// What stands there, without spaces around it; numbers and truth values as JSON writes them.
    pub(super) fn text(&self, place: &Place) -> Option<Cow<'_, str>> {
        let text = match place {
            Place::Header(name) => Cow::Borrowed(self.header(name)?),
            Place::Json(pointer) => match self.json()?.pointer(pointer)? {
                Value::String(text) => Cow::Borrowed(text.trim()),
                Value::Number(number) => Cow::Owned(number.to_string()),
                Value::Bool(value) => Cow::Owned(value.to_string()),
                Value::Null | Value::Array(_) | Value::Object(_) => return None,
            },
        };
        Some(text)
    }

    fn json(&self) -> Option<&Value> {
        let read = || serde_json::from_slice(self.body.filter(|body| body.len() <= LOOKED_INTO)?).ok();
        self.json.get_or_init(read).as_ref()
    }

    /// The value of a header field, without spaces around it.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().ok()?.trim())
    }

    /// How long the answer says to wait; none where none of the places has a time.
    pub(super) fn rest(&self, waits: &[Wait]) -> Option<Duration> {
        let rest = waits.iter().find_map(|wait| self.time(&self.text(&wait.place)?, wait.form))?;
        Some(rest.max(SHORTEST))
    }

    fn time(&self, text: &str, form: Form) -> Option<Duration> {
        // Some send fractions; none is sent back in time.
        let number = text.parse::<f64>().ok();
        let seconds = |number| Duration::try_from_secs_f64(number).ok();
        match (form, number) {
            (Form::RetryAfter | Form::Seconds, Some(number)) => seconds(number),
            (Form::RetryAfter, None) => Some(self.until(httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?)),
            (Form::EpochSeconds, Some(number)) => Some(self.until(seconds(number)?)),
            (Form::EpochMilliseconds, Some(number)) => Some(self.until(seconds(number / 1000.0)?)),
            (_, None) => None,
        }
    }

    /// The time until a moment since 1970. It is compared with the server's own clock where the server sent it, because the two are seldom
    /// the same.
    pub(super) fn until(&self, moment: Duration) -> Duration {
        let date =
            self.headers.get(http::header::DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?.trim()).ok());
        moment.saturating_sub(date.unwrap_or(self.now).duration_since(UNIX_EPOCH).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
