//! Requests and responses against the vendors' own descriptions of their APIs: OpenAPI 3.0 and 3.1, Swagger 2.0, and Google's Discovery
//! documents.
//!
//! A fake that we write and a connector that we write can agree with each other and both be wrong. What the vendor publishes is what
//! both are measured by: a request must be one that is described, with nothing in it that is not, and an answer must have a described
//! form.
//!
//! ```
//! use innkeeper_judge::{Exchange, Judge};
//! use serde_json::json;
//!
//! let judge = Judge::new(&json!({
//!     "openapi": "3.1.0",
//!     "paths": { "/users/{id}": { "get": {
//!         "parameters": [{ "name": "id", "in": "path", "schema": { "type": "integer" } }],
//!         "responses": { "200": { "content": { "application/json": { "schema": { "required": ["login"] } } } } },
//!     } } },
//! }))?;
//! let exchange = Exchange::new("GET", "/users/7").answered(200, br#"{"login": "ada"}"#);
//! assert_eq!(judge.judge(&exchange), []);
//! let wrong = Exchange::new("GET", "/users/ada").answered(200, br#"{"name": "Ada"}"#);
//! assert_eq!(judge.judge(&wrong).len(), 2);
//! # Ok::<(), innkeeper_judge::Unreadable>(())
//! ```

mod discovery;
mod exchange;
mod judge;
mod openapi;
mod operation;
mod parameter;
mod path;
mod rule;
mod schema;

pub use exchange::{Exchange, Place, Violation};
pub use judge::{Judge, Unreadable};
