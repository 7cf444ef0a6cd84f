//! The ways in which systems page, and the cursors that keep the place between two calls.
//!
//! The host hands a cursor back as it got it. Nothing else is kept between two calls: each runs in a fresh instance.
//! A system's own cursor needs no help: pass it on. For `Link` (RFC 8288) the cursor is [`crate::http::Response::link`].

use crate::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Pages by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered(pub u32);

impl Numbered {
    /// The page that the cursor says, or the first one, which most systems number 1 and some 0.
    ///
    /// # Errors
    /// `invalid` for a cursor that was not made here.
    pub fn at(cursor: Option<&str>, first: u32) -> Result<Self> {
        Ok(Self(number(cursor)?.unwrap_or(first)))
    }

    /// The cursor of the next page, if there is more.
    pub fn next(self, more: bool) -> Option<String> {
        more.then(|| (self.0 + 1).to_string())
    }
}

/// Pages by the position of their first item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset(pub u32);

impl Offset {
    /// The position that the cursor says, or the first one: 0, or 1 with SCIM.
    ///
    /// # Errors
    /// `invalid` for a cursor that was not made here.
    pub fn at(cursor: Option<&str>, first: u32) -> Result<Self> {
        Ok(Self(number(cursor)?.unwrap_or(first)))
    }

    /// The cursor after `received` items; none after a page without items, or when `end`, the position after the last item, is
    /// reached. Counts what came and not what was asked for, because systems cap pages.
    pub fn next(self, received: usize, end: Option<u32>) -> Option<String> {
        let next = self.0.saturating_add(u32::try_from(received).unwrap_or(u32::MAX));
        (received > 0 && end.is_none_or(|end| next < end)).then(|| next.to_string())
    }
}

/// The place that a cursor of [`encode`] keeps, or the default one without a cursor.
///
/// # Errors
/// `invalid` for a cursor that was not made by [`encode`].
pub fn decode<T: DeserializeOwned + Default>(cursor: Option<&str>) -> Result<T> {
    match cursor {
        None => Ok(T::default()),
        Some(cursor) => serde_json::from_str(cursor).map_err(|_| foreign(cursor)),
    }
}

/// A cursor that keeps a place of any form.
///
/// # Errors
/// `internal` for a place that cannot be written as JSON.
pub fn encode<T: Serialize>(place: &T) -> Result<String> {
    serde_json::to_string(place).map_err(|cause| Error::internal(format!("the cursor cannot be written: {cause}")))
}

fn number(cursor: Option<&str>) -> Result<Option<u32>> {
    cursor.map(|cursor| cursor.parse().map_err(|_| foreign(cursor))).transpose()
}

fn foreign(cursor: &str) -> Error {
    let shown: String = cursor.chars().take(40).collect();
    Error::invalid(format!("the cursor {shown:?} is not of this listing: start again without one"))
}

/// The target with this relation in one `Link` header (RFC 8288, section 3).
pub(crate) fn link(header: &str, relation: &str) -> Option<String> {
    let mut rest = header;
    loop {
        let (target, after) = rest.split_once('<')?.1.split_once('>')?;
        // A comma ends the link, unless it is quoted.
        let mut quoted = false;
        let end = after.find(|character| {
            quoted ^= character == '"';
            character == ',' && !quoted
        });
        let (parameters, next) = after.split_at(end.unwrap_or(after.len()));
        for parameter in parameters.split(';') {
            let Some((name, value)) = parameter.split_once('=') else { continue };
            let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
            if name.trim().eq_ignore_ascii_case("rel") && relations.any(|known| known.eq_ignore_ascii_case(relation)) {
                return Some(target.to_owned());
            }
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::ErrorCode;

    #[test]
    fn a_numbered_listing_goes_on_while_there_is_more() {
        let first = Numbered::at(None, 1).unwrap();
        assert_eq!(first.next(true).as_deref(), Some("2"));
        assert_eq!(Numbered::at(Some("2"), 1).unwrap(), Numbered(2));
        assert_eq!(Numbered(7).next(false), None);
    }

    #[test]
    fn an_offset_counts_what_came() {
        assert_eq!(Offset::at(None, 1).unwrap().next(50, Some(201)).as_deref(), Some("51"));
        assert_eq!(Offset(151).next(50, Some(201)), None);
        assert_eq!(Offset(151).next(50, None).as_deref(), Some("201"));
        assert_eq!(Offset(201).next(0, None), None);
    }

    #[test]
    fn a_cursor_from_elsewhere_is_refused() {
        assert_eq!(Numbered::at(Some("two"), 1).unwrap_err().code, ErrorCode::Invalid);
        assert_eq!(decode::<Vec<String>>(Some("{")).unwrap_err().code, ErrorCode::Invalid);
    }

    #[test]
    fn a_place_survives_the_way_through_the_host() {
        let place = (3_u32, "id-7".to_owned());
        assert_eq!(decode::<(u32, String)>(Some(&encode(&place).unwrap())).unwrap(), place);
    }

    #[test]
    fn a_link_is_found_by_its_relation() {
        let header =
            r#"<https://api.example/x?page=1>; rel="prev", <https://api.example/x?page=3&a=b,c>; title="a, b"; rel="next last""#;
        assert_eq!(link(header, "next").as_deref(), Some("https://api.example/x?page=3&a=b,c"));
        assert_eq!(link(header, "PREV").as_deref(), Some("https://api.example/x?page=1"));
        assert_eq!(link(header, "first"), None);
        assert_eq!(link("<https://broken", "next"), None);
        assert_eq!(link("", "next"), None);
    }
}
