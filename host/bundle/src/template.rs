//! URLs with places that configuration fills in.
//!
//! What a connector may reach is decided by its manifest together with the app's configuration, so that a value of the configuration
//! must never mean more than it says: a placeholder in a host name takes exactly one DNS label, one in a path exactly one segment.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

mod host;

/// `https://{site}.atlassian.net/wiki`, `https://api.example.com`, or a URL that is all configuration, `{base-url}`, perhaps with a path
/// below it, `{base-url}/Users`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    Literal(String),
    /// The whole URL, or its beginning.
    Url(String),
    /// One label of the host name.
    Label(String),
    /// One segment of the path.
    Segment(String),
}

impl Part {
    /// Something that could stand there.
    fn sample(&self) -> &str {
        match self {
            Self::Literal(literal) => literal,
            Self::Url(_) => "https://x.example",
            Self::Label(_) | Self::Segment(_) => "x",
        }
    }
}

/// Why configuration cannot fill a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the setting `{setting}` cannot be used in `{template}`: {reason}")]
pub struct TemplateError {
    /// The setting.
    pub setting: String,
    /// The template.
    pub template: String,
    /// What is wrong, without the value.
    pub reason: &'static str,
}

impl Template {
    /// The names of the settings that fill it.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Url(name) | Part::Label(name) | Part::Segment(name) => Some(name.as_str()),
        })
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether every URL below this template is below the other one.
    pub(crate) fn is_below(&self, other: &Self) -> bool {
        let prefix = other.text.trim_end_matches('/');
        self.text.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The URL for this configuration, a JSON object with the app's settings.
    ///
    /// # Errors
    ///
    /// When a setting is missing, or is not what its place takes: a whole URL is absolute and https (http for loopback hosts only), a place
    /// in a host name takes one DNS label, a place in a path one segment of unreserved characters.
    pub fn fill(&self, configuration: &serde_json::Value) -> Result<Url, TemplateError> {
        let error = |setting: &str, reason| TemplateError { setting: setting.to_owned(), template: self.text.clone(), reason };
        let value = |name: &str| match configuration.get(name) {
            Some(serde_json::Value::String(value)) => Ok(value.as_str()),
            Some(_) => Err(error(name, "it is not text")),
            None => Err(error(name, "it is not set")),
        };
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => filled.push_str(text),
                Part::Url(name) => {
                    let url = whole_url(value(name)?).map_err(|reason| error(name, reason))?;
                    if self.parts.len() == 1 {
                        return Ok(url);
                    }
                    filled.push_str(url.as_str().trim_end_matches('/'));
                }
                Part::Label(name) => filled.push_str(&label(value(name)?).map_err(|reason| error(name, reason))?),
                Part::Segment(name) => filled.push_str(segment(value(name)?).map_err(|reason| error(name, reason))?),
            }
        }
        // With checked values in checked places it is a URL, as it was with samples in them.
        let name = self.settings().next().unwrap_or("base-url");
        Url::parse(&filled).map_err(|_| error(name, "the result is not a URL"))
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |reason: &str| format!("`{text}` is not a URL template: {reason}");
        if text.contains(['?', '#', '@', '\\', '%']) || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(wrong("it can have no query, fragment, user info, encoding or spaces"));
        }
        let (start, below) = text.split_at(text.find('/').unwrap_or(text.len()));
        let (mut parts, path) = match placeholder(start) {
            Some(name) => (vec![Part::Url(name.to_owned())], below),
            None => {
                let (scheme, rest) =
                    text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "https" | "http")).ok_or_else(|| {
                        wrong("it starts with https://, or with one placeholder for the whole URL, such as {base-url}")
                    })?;
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let mut parts = vec![Part::Literal(format!("{scheme}://"))];
                parts.extend(host::parts(authority).map_err(wrong)?);
                (parts, path)
            }
        };
        if path.contains("//") {
            return Err(wrong("it can have no empty segment in its path"));
        }
        for segment in path.split('/').skip(1) {
            match placeholder(segment) {
                Some(name) => parts.extend([Part::Literal("/".to_owned()), Part::Segment(name.to_owned())]),
                None if matches!(segment, "." | "..") => return Err(wrong("it can have no `.` or `..` in its path")),
                None => parts.push(Part::Literal(format!("/{segment}"))),
            }
        }
        if parts.iter().any(|part| matches!(part, Part::Literal(literal) if literal.contains(['{', '}']))) {
            return Err(wrong(
                "a placeholder is a name in braces ({site}), and stands for one whole label of the host name or one whole segment of the path",
            ));
        }
        let sample: String = parts.iter().map(Part::sample).collect();
        let url = Url::parse(&sample).map_err(|_| wrong("without its placeholders it is not a URL"))?;
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(wrong("plain http is for loopback hosts only: use https"));
        }
        // What a parser mends means something else than it says, to whoever reads it and to whatever compares it.
        if url.as_str().trim_end_matches('/') != sample.trim_end_matches('/') {
            return Err(wrong("write it as it is sent: plain characters in its path, and no port that https or http has anyway"));
        }
        Ok(Self { text: text.to_owned(), parts })
    }
}

/// The name in a text that is a placeholder and nothing else.
fn placeholder(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    (plain && name.starts_with(|first: char| first.is_ascii_alphabetic())).then_some(name)
}

fn whole_url(value: &str) -> Result<Url, &'static str> {
    if value.contains(['\\', '%', '{', '}']) || value.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("it has a backslash, an encoding, a brace or a space");
    }
    if value.split(['/', '?', '#']).any(|segment| matches!(segment, "." | "..")) {
        return Err("it has a `.` or `..` in its path");
    }
    // A parser would mend what is missing.
    let (scheme, rest) = value.split_once("://").ok_or("it is not an absolute URL, such as https://example.com")?;
    if !matches!(scheme, "https" | "http") || rest.is_empty() || rest.starts_with('/') {
        return Err("it is not an absolute https URL, such as https://example.com");
    }
    let url = Url::parse(value).map_err(|_| "it is not a URL")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it has user info: credentials are configured apart");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it has a query or a fragment");
    }
    match url.scheme() == "https" || is_loopback(&url) {
        true => Ok(url),
        false => Err("plain http is for loopback hosts only: use https"),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// One label of a host name (RFC 1123, section 2.1), in lower case.
fn label(value: &str) -> Result<String, &'static str> {
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match plain && (1..=63).contains(&value.len()) && !value.starts_with('-') && !value.ends_with('-') {
        true => Ok(value.to_ascii_lowercase()),
        false => Err("it must be one label of a host name: letters, digits and hyphens, without dots"),
    }
}

/// One segment of a path, of characters that are never encoded (RFC 3986, section 2.3).
fn segment(value: &str) -> Result<&str, &'static str> {
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    match plain && (1..=128).contains(&value.len()) && !matches!(value, "." | "..") {
        true => Ok(value),
        false => Err("it must be one segment of a path: letters, digits, `-`, `.`, `_` and `~`"),
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.text
    }
}

#[cfg(test)]
mod tests;
