//! The host of a template: what of it may be a placeholder, and how the rest has to be written.

use super::{Part, label, placeholder};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The labels of a host name or an address, and perhaps a port.
///
/// It is compared and shown as it is written, so that each host has one way of being written: in lower case, and an address as it is
/// usually written.
pub(super) fn parts(authority: &str) -> Result<Vec<Part>, &'static str> {
    let (host, port) = match authority.rfind([':', ']']).filter(|end| authority[*end..].starts_with(':')) {
        Some(colon) => (&authority[..colon], Some(&authority[colon + 1..])),
        None => (authority, None),
    };
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port)) {
        return Err("its port is a number from 1 to 65535");
    }
    let mut parts = match host.strip_prefix('[') {
        Some(address) => vec![ipv6(host, address.strip_suffix(']'))?],
        None => labels(host)?,
    };
    parts.extend(port.map(|port| Part::Literal(format!(":{port}"))));
    Ok(parts)
}

fn labels(host: &str) -> Result<Vec<Part>, &'static str> {
    if host.is_empty() {
        return Err("it has no host");
    }
    let labels: Vec<&str> = host.split('.').collect();
    // A resolver takes 2130706433, 0x7f.1 and 0177.0.0.1 for addresses as well (WHATWG URL, section 3.5).
    let last = labels[labels.len() - 1];
    let number = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    if number && !last.is_empty() && host.parse::<Ipv4Addr>().is_err() {
        return Err("an IPv4 address is written as four numbers without leading zeros: 192.0.2.1");
    }
    let mut parts = Vec::new();
    for (index, text) in labels.iter().enumerate() {
        let separator = if index == 0 { "" } else { "." };
        match placeholder(text) {
            Some(name) if index + 2 < labels.len() => {
                parts.extend([Part::Literal(separator.to_owned()), Part::Label(name.to_owned())]);
            }
            Some(_) => return Err("a host name with a placeholder ends in a domain that is written out: {site}.example.com"),
            // What is wrong with braces is said of the whole template.
            None if text.contains(['{', '}']) || label(text).as_deref() == Ok(*text) => {
                parts.push(Part::Literal(format!("{separator}{text}")));
            }
            None if *text == "*" => return Err("it can have no wildcard: a placeholder is one label, {site}.example.com"),
            None => return Err("a host name has labels of a-z, 0-9 and hyphens, with single dots between them"),
        }
    }
    Ok(parts)
}

fn ipv6(host: &str, address: Option<&str>) -> Result<Part, &'static str> {
    let usual = "an IPv6 address is written in brackets and as RFC 5952 says: [2001:db8::1]";
    let text = address.ok_or(usual)?;
    let address: Ipv6Addr = text.parse().map_err(|_| usual)?;
    if address.to_ipv4_mapped().is_some() {
        return Err("an IPv4 address is written as four numbers: 192.0.2.1");
    }
    match address.to_string() == text {
        true => Ok(Part::Literal(host.to_owned())),
        false => Err(usual),
    }
}
