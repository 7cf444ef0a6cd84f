//! Recorded pairs of request and response, in order.

use super::{Body, Credential, HttpError, Method, Request, Response, Transport};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// One request that is expected, and its answer.
pub struct Exchange {
    method: Method,
    target: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<Value>,
    answer: Result<Response, HttpError>,
}

impl Exchange {
    /// Expects this method on this target, with exactly the query that is added and any headers.
    pub fn new(method: Method, target: &str) -> Self {
        Self {
            method,
            target: target.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            answer: Ok(super::json(200, &json!({}))),
        }
    }

    /// Expects a GET.
    pub fn get(target: &str) -> Self {
        Self::new(Method::Get, target)
    }

    /// Expects a POST with this JSON.
    pub fn post(target: &str, body: Value) -> Self {
        Self::new(Method::Post, target).body(body)
    }

    /// Expects a PUT with this JSON.
    pub fn put(target: &str, body: Value) -> Self {
        Self::new(Method::Put, target).body(body)
    }

    /// Expects a PATCH with this JSON.
    pub fn patch(target: &str, body: Value) -> Self {
        Self::new(Method::Patch, target).body(body)
    }

    /// Expects a DELETE.
    pub fn delete(target: &str) -> Self {
        Self::new(Method::Delete, target)
    }

    /// Expects one more query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Expects a header of this value.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Expects this JSON as body.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Answers with JSON; `null` is an empty body.
    #[must_use]
    pub fn answers(mut self, status: u16, body: Value) -> Self {
        self.answer = Ok(if body.is_null() { super::text(status, "application/json", "") } else { super::json(status, &body) });
        self
    }

    /// Answers with this response, or with none.
    #[must_use]
    pub fn answers_with(mut self, answer: Result<Response, HttpError>) -> Self {
        self.answer = answer;
        self
    }

    /// Puts one more header into the answer.
    #[must_use]
    pub fn answer_header(mut self, name: &str, value: &str) -> Self {
        if let Ok(response) = &mut self.answer {
            response.headers.push(super::Field { name: name.to_owned(), value: value.to_owned() });
        }
        self
    }

    fn expected(&self) -> Value {
        let query: Vec<_> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        json!({ "method": format!("{:?}", self.method), "target": self.target, "query": query, "body": self.body })
    }

    fn seen(request: &Request) -> Value {
        let query: Vec<_> = request.query.iter().map(|field| format!("{}={}", field.name, field.value)).collect();
        let body = request.body.as_ref().map(|body| match body {
            Body::Text(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
            Body::Bytes(bytes) => json!(bytes),
        });
        json!({ "method": format!("{:?}", request.method), "target": request.target, "query": query, "body": body })
    }

    fn check(&self, number: usize, request: &Request) {
        let (expected, seen) = (self.expected(), Self::seen(request));
        assert!(expected == seen, "request {number} differs\n expected: {expected:#}\n     seen: {seen:#}");
        for (name, value) in &self.headers {
            let seen =
                request.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value.as_str());
            assert_eq!(seen, Some(value.as_str()), "request {number}: header {name}");
        }
        let reserved = request.headers.iter().find(|field| field.name.eq_ignore_ascii_case("authorization"));
        assert!(reserved.is_none(), "request {number}: the host refuses a request with an authorization header");
        if let Credential::Slot(slot) = &request.credential {
            assert!(!slot.is_empty(), "request {number}: an empty credential slot");
        }
    }
}

/// Exchanges in the order in which they have to happen.
#[derive(Default)]
pub struct Script {
    exchanges: VecDeque<Exchange>,
    done: usize,
}

impl Script {
    /// A script in which nothing may be sent.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more exchange.
    #[must_use]
    pub fn then(mut self, exchange: Exchange) -> Self {
        self.exchanges.push_back(exchange);
        self
    }
}

impl Transport for Script {
    fn send(&mut self, request: &Request) -> Result<Response, HttpError> {
        self.done += 1;
        match self.exchanges.pop_front() {
            Some(exchange) => {
                exchange.check(self.done, request);
                exchange.answer
            }
            None => panic!("request {} is one too many: {:#}", self.done, Exchange::seen(request)),
        }
    }

    fn finish(&mut self) {
        if let Some(missing) = self.exchanges.front() {
            panic!("{} requests were not sent; the next one was to be {:#}", self.exchanges.len(), missing.expected());
        }
    }
}
