//! Listings, page by page, on servers that page by index, by cursor, or not at all.
//!
//! A server may give fewer items than asked for or more, ignore `count` or refuse it, and leave `totalResults` out or say 0. What
//! must not happen is that a listing ends early and looks complete, or never ends.

use crate::Scim;
use crate::definition::Definition;
use crate::dialect::Paging;
use crate::failure;
use crate::resource::{Object, Resource, member, text};
use innkeeper_sdk::http;
use innkeeper_sdk::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a page starts, as it travels in the contract's cursor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// The index of the first item, counted from 1; 0 before the first page.
    #[serde(rename = "s")]
    pub(crate) start: u32,
    /// The server's own cursor (RFC 9865).
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    /// The id of the first item of the page before, by which a repeated page is seen.
    #[serde(rename = "f", skip_serializing_if = "Option::is_none")]
    pub(crate) first: Option<String>,
    /// How many items the page before had.
    #[serde(rename = "l")]
    pub(crate) length: u32,
    /// The server refused `count`.
    #[serde(rename = "n")]
    pub(crate) no_count: bool,
    /// The server refused `excludedAttributes`.
    #[serde(rename = "x")]
    pub(crate) no_exclusion: bool,
    /// What the server's schema has beyond the standard, read with the first page.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    pub(crate) custom: Option<Vec<Definition>>,
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) resources: Vec<Resource>,
    pub(crate) next: Option<Place>,
    pub(crate) total: Option<u32>,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pub(crate) path: String,
    pub(crate) filter: Option<String>,
    pub(crate) excluded: Option<&'static str>,
}

impl Scim {
    /// One page.
    ///
    /// # Errors
    /// `malformed-response` where the server answers the same page again although there is more.
    pub(crate) fn page(&self, query: &Query, place: Place) -> Result<Page> {
        let is_first = place.start == 0 && place.cursor.is_none();
        match self.fetch(query, &place) {
            Err(error) if is_first && failure::refuses(&error) && (self.counts(&place) || query.excluded.is_some()) => {
                self.plainer(query, place, error)
            }
            answer => self.read_page(&answer?, place),
        }
    }

    fn counts(&self, place: &Place) -> bool {
        self.dialect.count && !place.no_count
    }

    /// Asks again for the first page with less: some servers refuse parameters that they do not know.
    fn plainer(&self, query: &Query, place: Place, refusal: Error) -> Result<Page> {
        // A filter that is refused is the likelier cause; its caller has another way.
        if query.filter.is_some() || refusal.remote_status == Some(404) {
            return Err(refusal);
        }
        let mut tries = Vec::new();
        if query.excluded.is_some() {
            tries.push(Place { no_exclusion: true, ..place.clone() });
        }
        if self.counts(&place) {
            tries.push(Place { no_count: true, ..place.clone() });
            tries.push(Place { no_count: true, no_exclusion: true, ..place });
        }
        for place in tries {
            if let Ok(answer) = self.fetch(query, &place) {
                return self.read_page(&answer, place);
            }
        }
        Err(refusal)
    }

    fn fetch(&self, query: &Query, place: &Place) -> Result<Object> {
        let first_index = match self.dialect.paging {
            Paging::Index => Some(1),
            // A server that has both ways answers in the one that it likes better (RFC 9865, section 2).
            Paging::Auto | Paging::Cursor => None,
        };
        let start = if place.start > 0 { Some(place.start) } else { first_index };
        let cursor = match (&place.cursor, self.dialect.paging) {
            (Some(cursor), _) => Some(cursor.as_str()),
            (None, Paging::Cursor) => Some(""),
            (None, _) => None,
        };
        let request = http::get(&query.path)
            .query_if("filter", query.filter.as_deref())
            .query_if("excludedAttributes", query.excluded.filter(|_| !place.no_exclusion))
            .query_if("startIndex", start.filter(|_| cursor.is_none()))
            .query_if("cursor", cursor)
            .query_if("count", self.counts(place).then(|| self.dialect.page_length()));
        self.send(request, &[])?.json()
    }

    fn read_page(&self, answer: &Object, place: Place) -> Result<Page> {
        let said = member(answer, "totalResults").and_then(number);
        let resources = match member(answer, "Resources") {
            Some(Value::Array(resources)) => resources.iter().map(resource).collect::<Result<Vec<_>>>()?,
            // Without results the list may be left out (RFC 7644, section 3.4.2).
            None | Some(Value::Null) if said.is_some() => Vec::new(),
            _ => return Err(Error::malformed("the server answered a listing without `Resources`")),
        };
        let said = said.filter(|_| self.dialect.totals);
        let first = resources.first().map(|resource| resource.id.clone());
        let length = u32::try_from(resources.len()).unwrap_or(u32::MAX);
        let repeats = first.is_some() && first == place.first;
        let after = |place: Place| Place { first: first.clone(), length, ..place };

        let next_cursor = text(answer, "nextCursor");
        if let Some(next) = next_cursor {
            if repeats || place.cursor.as_deref() == Some(next.as_str()) {
                return Err(Error::malformed("the server answers the same page again for another cursor"));
            }
            let total = said.filter(|total| *total > 0);
            return Ok(Page { resources, next: Some(after(Place { cursor: Some(next), ..place })), total });
        }
        if place.cursor.is_some() || self.dialect.paging == Paging::Cursor {
            return Ok(Page { resources, next: None, total: said.filter(|total| *total > 0) });
        }
        self.after_index(resources, said, repeats, length, after(place.clone()), &place)
    }

    /// What follows a page that was asked for by index.
    fn after_index(
        &self,
        resources: Vec<Resource>,
        said: Option<u32>,
        repeats: bool,
        length: u32,
        after: Place,
        place: &Place,
    ) -> Result<Page> {
        let start = place.start.max(1);
        if repeats {
            // All came at once before, from a server that does not page: there is no more.
            if said.unwrap_or(0) == 0 && (!self.counts(place) || place.length != self.dialect.page_length()) {
                return Ok(Page { resources: Vec::new(), next: None, total: None });
            }
            return Err(Error::malformed(format!(
                "the server answers its first items again for startIndex {start}: it may page by cursor only (set the quirk \
                 `paging`), or not at all (set `page-size` to more than there are)"
            )));
        }
        if length == 0 {
            // A server that never says how many there are says 0 on every page.
            return Ok(Page { resources, next: None, total: said.filter(|said| *said > 0 || start == 1) });
        }
        let seen = start - 1 + length;
        // A total that is just the full first page may be the length of the page, and one that is less than what was seen is no
        // total: see whether there is more.
        let full = said == Some(length) && start == 1 && self.counts(place) && length == self.dialect.page_length();
        let doubtful = full || said.is_some_and(|said| said < seen);
        let more = match said {
            None | Some(0) => true,
            Some(total) => seen < total || doubtful,
        };
        let next = more.then(|| Place { start: seen + 1, ..after });
        Ok(Page { resources, next, total: said.filter(|total| *total > 0 && !doubtful) })
    }

    /// Every resource that `keep` wants, over all pages.
    pub(crate) fn collect(&self, query: &Query, keep: impl Fn(&Resource) -> bool) -> Result<Vec<Resource>> {
        let mut kept = Vec::new();
        let mut place = Some(Place::default());
        while let Some(here) = place {
            let page = self.page(query, here)?;
            kept.extend(page.resources.into_iter().filter(&keep));
            place = page.next;
        }
        Ok(kept)
    }
}

fn resource(value: &Value) -> Result<Resource> {
    match value {
        Value::Object(object) => Resource::new(object.clone()),
        _ => Err(Error::malformed("the server answered a listing in which something is no resource")),
    }
}

/// A count, also one that is written as a string.
fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
