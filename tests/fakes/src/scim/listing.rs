//! Listings: filter, pages, `ListResponse` (RFC 7644, section 3.4.2; RFC 9865).

use serde_json::{Value, json};

use super::answer::Refusal;
use super::directory::{Directory, Stored};
use super::filter::Filter;
use super::path::Scope;
use super::projection::Projection;
use super::quirks::{FilterSupport, Paging, Quirks, TotalResults};
use super::request::Request;
use super::schema::ResourceType;
use crate::token::digest;

/// What a client asks of a listing, in a query or in the body of `.search`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Query {
    filter: Option<String>,
    attributes: Option<String>,
    excluded: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
}

impl Query {
    pub(super) fn of_url(request: &Request) -> Self {
        let parameter = |name| request.parameter(name);
        Self {
            filter: parameter("filter"),
            attributes: parameter("attributes"),
            excluded: parameter("excludedAttributes"),
            start_index: parameter("startIndex"),
            count: parameter("count"),
            cursor: parameter("cursor"),
        }
    }

    /// The body of `POST .search` (RFC 7644, section 3.4.3).
    pub(super) fn of_search(body: &Value) -> Self {
        let text = |name: &str| match &body[name] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Array(names) => Some(names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
            other => Some(other.to_string()),
        };
        Self {
            filter: text("filter"),
            attributes: text("attributes"),
            excluded: text("excludedAttributes"),
            start_index: text("startIndex"),
            count: text("count"),
            cursor: text("cursor"),
        }
    }

    /// What a cursor belongs to: everything but itself.
    fn mark(&self) -> String {
        let texts = [&self.filter, &self.attributes, &self.excluded, &self.count];
        digest(texts.map(|text| text.as_deref().unwrap_or("-")))
    }
}

/// Where a page is, and how the next one is asked for.
struct Page {
    offset: usize,
    count: usize,
    by_cursor: bool,
}

pub(super) fn list(
    directory: &Directory,
    kind: ResourceType,
    query: &Query,
    quirks: &Quirks,
    base: &str,
) -> Result<Value, Refusal> {
    if quirks.refuses_count && query.count.is_some() {
        return Err(Refusal::invalid_value("the parameter `count` is not supported"));
    }
    let page = page(query, quirks)?;
    let projection = Projection::new(kind, query.attributes.as_deref(), query.excluded.as_deref());
    let selection = if quirks.empty_list { Selection::Picked(Vec::new()) } else { select(directory, kind, query, quirks)? };
    let total = selection.total(directory, kind);
    let from = if quirks.repeats_page { 0 } else { page.offset };
    let until = total.min(page.offset.saturating_add(page.count));
    let length = until.saturating_sub(page.offset);
    let items: Vec<_> = (from..from + length).filter_map(|index| selection.get(directory, kind, index)).collect();
    let resources: Vec<_> = items
        .iter()
        .map(|stored| Value::Object(projection.of(stored.shown(kind, base, quirks.etags, projection.wants_members()))))
        .collect();
    let mut response = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "itemsPerPage": resources.len(),
    });
    let counted = i64::try_from(total).unwrap_or(i64::MAX);
    match quirks.total {
        TotalResults::Right => response["totalResults"] = counted.into(),
        TotalResults::Off(by) => response["totalResults"] = counted.saturating_add(by).max(0).into(),
        TotalResults::OfThePage => response["totalResults"] = resources.len().into(),
        TotalResults::Missing => {}
    }
    if page.by_cursor {
        if until < total {
            response["nextCursor"] = format!("{until}.{}", query.mark()).into();
        }
        if page.offset > 0 {
            response["previousCursor"] = format!("{}.{}", page.offset.saturating_sub(page.count), query.mark()).into();
        }
    } else {
        response["startIndex"] = (page.offset + 1).into();
    }
    response["Resources"] = resources.into();
    Ok(response)
}

fn page(query: &Query, quirks: &Quirks) -> Result<Page, Refusal> {
    let number = |name: &str, text: &Option<String>| match text {
        Some(text) => match text.parse::<i64>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Refusal::invalid_value(format!("`{name}` is a whole number"))),
        },
        None => Ok(None),
    };
    let start_index = number("startIndex", &query.start_index)?;
    let count = number("count", &query.count)?;
    let count = match count {
        Some(count) => usize::try_from(count).unwrap_or(0).min(quirks.page_cap),
        None => quirks.page_cap,
    };
    let cursor = match (&query.cursor, quirks.paging) {
        (Some(_), Paging::Index) => return Err(Refusal::new(501, "paging by cursor is not supported")),
        (Some(_), Paging::IndexAndCursor) if start_index.is_some() => {
            return Err(Refusal::invalid_value("a query has a cursor or a startIndex, not both"));
        }
        (Some(cursor), Paging::IndexAndCursor | Paging::Cursor) => Some(cursor.as_str()),
        (None, Paging::Cursor) => Some(""),
        (_, Paging::Index | Paging::IndexAndCursor | Paging::None) => None,
    };
    match cursor {
        Some("") => Ok(Page { offset: 0, count, by_cursor: true }),
        Some(cursor) => {
            let (offset, mark) = cursor.split_once('.').unwrap_or_default();
            let offset = offset.parse().ok().filter(|_| mark == query.mark());
            let offset = offset.ok_or_else(|| Refusal::bad("invalidCursor", "this cursor is not of this query"))?;
            Ok(Page { offset, count, by_cursor: true })
        }
        None if quirks.paging == Paging::None => Ok(Page { offset: 0, count: usize::MAX, by_cursor: false }),
        None => {
            let offset = start_index.unwrap_or(1).max(1) - 1;
            Ok(Page { offset: usize::try_from(offset).unwrap_or(usize::MAX), count, by_cursor: false })
        }
    }
}

/// The resources of a listing before it is cut into pages.
enum Selection<'a> {
    /// Everything: no list of them is made.
    All,
    Picked(Vec<&'a Stored>),
}

impl<'a> Selection<'a> {
    fn total(&self, directory: &Directory, kind: ResourceType) -> usize {
        match self {
            Self::All => directory.all(kind).len(),
            Self::Picked(picked) => picked.len(),
        }
    }

    fn get(&self, directory: &'a Directory, kind: ResourceType, index: usize) -> Option<&'a Stored> {
        match self {
            Self::All => directory.all(kind).get_index(index).map(|(_, stored)| stored),
            Self::Picked(picked) => picked.get(index).copied(),
        }
    }
}

fn select<'a>(directory: &'a Directory, kind: ResourceType, query: &Query, quirks: &Quirks) -> Result<Selection<'a>, Refusal> {
    let Some(text) = &query.filter else { return Ok(Selection::All) };
    match quirks.filter {
        FilterSupport::Ignored => return Ok(Selection::All),
        FilterSupport::Refused => return Err(Refusal::bad("invalidFilter", "filters are not supported")),
        FilterSupport::Full => {}
    }
    let filter = Filter::parse(Scope::Resource(kind), text)?;
    let named = filter.named_members();
    // Copying tens of thousands of members for each group and filter would take most of the time of whoever is tested.
    let matches = |stored: &&Stored| {
        let mut shown = stored.shown(kind, "", true, named.is_none());
        if let Some(named) = &named {
            let members: Vec<_> = named.iter().filter_map(|id| stored.members.get(*id)).cloned().map(Value::Object).collect();
            shown.extend((!members.is_empty()).then(|| ("members".to_owned(), members.into())));
        }
        filter.matches(&shown, directory.folds())
    };
    let found = filter.exact().into_iter().find_map(|(target, text)| directory.find(kind, target, text));
    Ok(Selection::Picked(match found {
        Some(found) => found.into_iter().filter(|stored| matches(stored)).collect(),
        None => directory.all(kind).values().filter(matches).collect(),
    }))
}
