//! What is judged, and what is found.

use std::fmt;

/// One request and its response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Percent-encoded, without the query.
    pub path: String,
    /// Percent-encoded, without the question mark.
    pub query: String,
    /// The content type and the content of the request.
    pub request: Option<(String, Vec<u8>)>,
    /// The status code of the response; 0 where there was none.
    pub status: u16,
    /// The content type of the response.
    pub response_type: Option<String>,
    /// The content of the response.
    pub response: Vec<u8>,
}

impl Exchange {
    /// A request without query and content that was not answered.
    #[must_use]
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), ..Self::default() }
    }

    /// The same with a query.
    #[must_use]
    pub fn query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// The same with content.
    #[must_use]
    pub fn content(mut self, content_type: &str, content: &[u8]) -> Self {
        self.request = Some((content_type.to_owned(), content.to_vec()));
        self
    }

    /// The same, answered with JSON.
    #[must_use]
    pub fn answered(mut self, status: u16, content: &[u8]) -> Self {
        self.status = status;
        self.response_type = (!content.is_empty()).then(|| "application/json".to_owned());
        self.response = content.to_vec();
        self
    }
}

/// Which part of an exchange is not as described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The method and the path.
    Path,
    /// A query parameter.
    Query,
    /// The content of the request.
    Request,
    /// The status code.
    Status,
    /// The content of the response.
    Response,
}

/// Something that is not as described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The operation as the description has it, `GET /users/{id}`; the request itself where it has none.
    pub operation: String,
    /// Which part.
    pub place: Place,
    /// What is wrong.
    pub text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Request => "request",
            Place::Status => "status",
            Place::Response => "response",
        };
        write!(formatter, "{}: {place}: {}", self.operation, self.text)
    }
}
