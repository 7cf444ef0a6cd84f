//! Step 1: what a connector asks for becomes a URL.
//!
//! The text is checked before it is parsed, because parsers repair: they take a backslash for a slash, resolve `..`, drop line breaks.
//! A target that needs repair is refused, so that the URL that is checked against the allow-list is the one that every server along
//! the way sees.

use crate::EgressError;
use crate::rule::{below, same_origin};
use url::{Host, Url, form_urlencoded};

/// Longer ones are refused by servers (and nobody means them).
const LONGEST: usize = 16 * 1024;

/// The URL of a request: the target joined to the base, with the query appended.
pub(crate) fn url(base: &Url, target: &str, query: &[(String, String)]) -> Result<Url, EgressError> {
    let mut url = parse(base, target).map_err(|reason| EgressError::Target { target: shown(target), reason })?;
    if !query.is_empty() {
        let all: Vec<String> = url.query().map(str::to_owned).into_iter().chain(query.iter().map(pair)).collect();
        url.set_query(Some(&all.join("&")));
    }
    match url.as_str().len() <= LONGEST {
        true => Ok(url),
        false => Err(EgressError::Target { target: shown(target), reason: "with its query it has more than 16 KiB" }),
    }
}

/// As [`url`], without a query to append.
pub(crate) fn parse(base: &Url, target: &str) -> Result<Url, &'static str> {
    if target.len() > LONGEST {
        return Err("it has more than 16 KiB");
    }
    if target.chars().any(|character| character.is_control() || character == ' ') {
        return Err("it has a space or a control character, which must be percent-encoded");
    }
    if target.contains('\\') {
        return Err("it has a backslash");
    }
    if target.contains('#') {
        return Err("it has a fragment, which is never sent: encode `#` as %23 if it is part of a name");
    }
    let place = target.split('?').next().unwrap_or_default();
    if place.starts_with('/') {
        check_path(place)?;
        let joined = format!("{}{target}", base.as_str().trim_end_matches('/'));
        let url = Url::parse(&joined).map_err(|_| "it is not a path")?;
        check_parsed(&url)?;
        return match same_origin(base, &url) && below(base.path(), url.path()) {
            true => Ok(url),
            false => Err("it leads out of the base URL"),
        };
    }
    let (_, rest) = place.split_once("://").ok_or("it is neither a path that starts with `/` nor an absolute URL")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("it has user info: credentials are put in by the host");
    }
    if authority.contains('%') {
        return Err("its host is percent-encoded");
    }
    check_path(path)?;
    let url = Url::parse(target).map_err(|_| "it is not a URL")?;
    check_parsed(&url)?;
    Ok(url)
}

/// What must be true of every URL that is requested.
pub(crate) fn check_parsed(url: &Url) -> Result<(), &'static str> {
    let host = url.host().ok_or("it has no host")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it has user info: credentials are put in by the host");
    }
    if url.fragment().is_some() {
        return Err("it has a fragment, which is never sent");
    }
    if url.port() == Some(0) {
        return Err("it has port 0, where nothing listens");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if names_loopback(&host) => Ok(()),
        "http" => Err("plain http is for loopback addresses only: use https"),
        _ => Err("only https is sent"),
    }
}

/// Whether a host says by itself that it is this machine (RFC 6761, section 6.3). What it resolves to is checked later.
pub(crate) fn names_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Refuses a path that one server reads differently than another: dot segments, empty segments, encoded separators, in one layer of
/// encoding or several.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    for (index, segment) in segments.iter().enumerate() {
        if segment.is_empty() && index + 1 < segments.len() {
            return Err("it has an empty path segment (`//`)");
        }
        let mut bytes = segment.as_bytes().to_vec();
        check_segment(&bytes)?;
        let mut layer = decode(&bytes).ok_or("it has a percent sign that is no encoding: encode it as %25")?;
        while layer != bytes {
            check_segment(&layer)?;
            bytes = layer;
            // A percent sign that encodes nothing is a percent sign, below the first layer.
            layer = decode(&bytes).unwrap_or_else(|| bytes.clone());
        }
    }
    Ok(())
}

fn check_segment(bytes: &[u8]) -> Result<(), &'static str> {
    if bytes.iter().any(|byte| matches!(byte, b'/' | b'\\')) {
        return Err("it has an encoded slash or backslash in its path");
    }
    if bytes.iter().any(u8::is_ascii_control) {
        return Err("it has an encoded control character in its path");
    }
    // Some servers take what follows a semicolon away before they resolve dots.
    let name = bytes.split(|byte| *byte == b';').next().unwrap_or_default();
    match name {
        b"." | b".." => Err("it has a `.` or `..` segment"),
        _ => Ok(()),
    }
}

/// One layer of percent-decoding; none where a percent sign is not followed by two digits.
fn decode(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        decoded.push(match first {
            b'%' => {
                let digits = std::str::from_utf8(tail.get(..2)?).ok().filter(|text| !text.starts_with('+'))?;
                rest = &tail[2..];
                u8::from_str_radix(digits, 16).ok()?
            }
            other => *other,
        });
    }
    Some(decoded)
}

/// A pair of a query, percent-encoded. A space becomes `%20`: a plus is only understood by servers that take a query for a form.
fn pair((name, value): &(String, String)) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!("{}={}", encode(name), encode(value))
}

/// The URL without its query, for messages.
pub(crate) fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}

/// The URL with the names of its query and not their values, for logs and the journal.
pub(crate) fn redacted(url: &Url) -> String {
    let Some(query) = url.query() else { return url.to_string() };
    let names: Vec<&str> = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
    format!("{}?{}", without_query(url), names.join("&"))
}

/// A target that may be anything, for messages: without its query, in one line, cut.
pub(crate) fn shown(target: &str) -> String {
    target.split(['?', '#']).next().unwrap_or_default().chars().take(200).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests;
