//! Listings in pages, with `Link` headers.

use serde_json::Value;

use crate::web::{Answer, Request};

/// No page is larger.
const LARGEST: usize = 100;

/// A page of a listing, as the request asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// With the size that a page has where the request does not say.
    pub(super) fn of(request: &Request, size: usize) -> Self {
        let number =
            |name: &str| request.parameter(name).and_then(|text| text.parse::<usize>().ok()).filter(|number| *number > 0);
        Self { number: number("page").unwrap_or(1), size: number("per_page").unwrap_or(size).min(LARGEST) }
    }

    pub(super) fn cut<T>(self, all: Vec<T>) -> Vec<T> {
        all.into_iter().skip((self.number - 1).saturating_mul(self.size)).take(self.size).collect()
    }

    /// The answer with the links to other pages of `total` entries, where there are any.
    pub(super) fn linked(self, answer: Answer, request: &Request, total: usize, base: &str) -> Answer {
        let last = total.div_ceil(self.size).max(1);
        let mut links = Vec::new();
        let mut link = |page: usize, relation: &str| {
            links.push(format!("<{base}{}?{}>; rel=\"{relation}\"", request.path, query(request, page)));
        };
        if self.number > 1 {
            link((self.number - 1).min(last), "prev");
        }
        if self.number < last {
            link(self.number + 1, "next");
            link(last, "last");
        }
        if self.number > 1 {
            link(1, "first");
        }
        if links.is_empty() { answer } else { answer.header("link", links.join(", ")) }
    }
}

/// The query of the request, for another page.
fn query(request: &Request, page: usize) -> String {
    let pairs = form_urlencoded::parse(request.query.as_bytes()).filter(|(name, _)| name != "page");
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).append_pair("page", &page.to_string()).finish()
}

/// A listing that is an array.
pub(super) fn listing(all: Vec<Value>, request: &Request, base: &str) -> Answer {
    let page = Page::of(request, 30);
    let total = all.len();
    page.linked(Answer::json(200, &page.cut(all).into()), request, total, base)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::listing;
    use crate::web::{Answer, Request};

    fn page(query: &str) -> (String, usize) {
        let request = Request { path: "/orgs/acme/members".to_owned(), query: query.to_owned(), ..Request::default() };
        let all = (0..250).map(|number| json!(number)).collect();
        let Answer { headers, body, .. } = listing(all, &request, "https://h");
        let link = headers.into_iter().find(|(name, _)| name == "link").map(|(_, value)| value).unwrap_or_default();
        (link, serde_json::from_slice::<Vec<u32>>(&body).expect("a listing is an array").len())
    }

    #[test]
    fn links_lead_to_the_other_pages_and_keep_the_query() {
        let url = |page: u8| format!("<https://h/orgs/acme/members?role=all&per_page=100&page={page}>");
        let (link, size) = page("role=all&per_page=100&page=2");
        assert_eq!(size, 100);
        assert_eq!(link, format!("{0}; rel=\"prev\", {1}; rel=\"next\", {1}; rel=\"last\", {0}; rel=\"first\"", url(1), url(3)));
        let (link, size) = page("role=all&per_page=100&page=3");
        assert_eq!((link.contains("next"), size), (false, 50));
    }

    #[test]
    fn a_page_has_thirty_entries_and_never_more_than_a_hundred() {
        assert_eq!(page("").1, 30);
        assert_eq!(page("per_page=1000").1, 100);
        assert_eq!(page("per_page=x&page=0").1, 30);
        assert_eq!(page("page=99").1, 0);
    }
}
