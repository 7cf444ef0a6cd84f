//! How the server differs from a good one.

use std::time::Duration;

use super::Failure;

/// How the server differs from a good one. The default is a good one.
#[derive(Debug, Clone, PartialEq)]
pub struct Quirks {
    /// What happens to `filter`.
    pub filter: FilterSupport,
    /// A query with `count` is refused with 400.
    pub refuses_count: bool,
    /// Whether and how PATCH works.
    pub patch: PatchSupport,
    /// How listings are paged.
    pub paging: Paging,
    /// No page is larger than this, whatever `count` asks for.
    pub page_cap: usize,
    /// Every page after the first is the first one again.
    pub repeats_page: bool,
    /// What `totalResults` says.
    pub total: TotalResults,
    /// Every listing is empty, as if nobody had ever been there.
    pub empty_list: bool,
    /// Whether resources have versions.
    pub etags: bool,
    /// Whether `userName` and the other texts are compared without regard to case.
    pub case_sensitive: bool,
    /// `/ServiceProviderConfig`, `/Schemas` and `/ResourceTypes` do not exist.
    pub no_discovery: bool,
    /// Every answer takes at least so long.
    pub latency: Duration,
    /// What every answer looks like.
    pub answers: Answers,
    /// Single requests that go wrong.
    pub failures: Vec<Failure>,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            filter: FilterSupport::Full,
            refuses_count: false,
            patch: PatchSupport::NoContent,
            paging: Paging::Index,
            page_cap: 1000,
            repeats_page: false,
            total: TotalResults::Right,
            empty_list: false,
            etags: true,
            case_sensitive: false,
            no_discovery: false,
            latency: Duration::ZERO,
            answers: Answers::Scim,
            failures: Vec::new(),
        }
    }
}

/// What happens to a query's `filter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterSupport {
    /// The whole language of RFC 7644, section 3.4.2.2.
    Full,
    /// It is ignored: everything comes back.
    Ignored,
    /// It is refused with 400 `invalidFilter`, and the service provider configuration says so.
    Refused,
}

/// Whether and how PATCH works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchSupport {
    /// Answers 204 without a body.
    NoContent,
    /// Answers 200 with the whole resource.
    Body,
    /// Answers 501, and the service provider configuration says so.
    None,
}

/// How listings are paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// By `startIndex` and `count` (RFC 7644, section 3.4.2.4).
    Index,
    /// By `cursor`, where the client asks for it (RFC 9865).
    IndexAndCursor,
    /// Only by `cursor`; `startIndex` is ignored.
    Cursor,
    /// Not at all: everything comes at once.
    None,
}

/// What `totalResults` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotalResults {
    /// How many there are.
    Right,
    /// So many more, or fewer, than there are.
    Off(i64),
    /// Nothing.
    Missing,
    /// How many are on this page: a common mistake.
    OfThePage,
}

/// What every answer of the server looks like, whatever was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    /// SCIM.
    Scim,
    /// 200 with a sign-in page.
    Html,
    /// The right answer, cut off in the middle.
    TruncatedJson,
    /// An error without a body of SCIM.
    Status(u16),
}
