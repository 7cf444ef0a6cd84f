//! The judge.

use crate::exchange::{Exchange, Place, Violation};
use crate::operation::Operation;
use crate::{discovery, openapi};
use serde_json::Value;

/// Why a description cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no OpenAPI 3, Swagger 2 or Discovery document: it has neither `openapi` nor `swagger` nor `discoveryVersion`")]
pub struct Unreadable;

/// Judges exchanges by one description.
#[derive(Clone, Debug)]
pub struct Judge {
    operations: Vec<Operation>,
}

impl Judge {
    /// By a description. Which kind it is, it says itself.
    ///
    /// # Errors
    /// When it does not.
    pub fn new(description: &Value) -> Result<Self, Unreadable> {
        Self::of(description, |_| true)
    }

    /// By those operations of a description whose path is wanted: a large one takes time to read.
    ///
    /// # Errors
    /// When the description does not say what it is.
    pub fn of(description: &Value, wanted: impl Fn(&str) -> bool) -> Result<Self, Unreadable> {
        let operations = if description.get("openapi").is_some() || description.get("swagger").is_some() {
            openapi::operations(description, &wanted)
        } else if description.get("discoveryVersion").is_some() {
            discovery::operations(description, &wanted)
        } else {
            return Err(Unreadable);
        };
        Ok(Self { operations })
    }

    /// Whether an operation is described for this request.
    #[must_use]
    pub fn knows(&self, method: &str, path: &str) -> bool {
        self.operation(method, path).is_some()
    }

    /// What of an exchange is not as described.
    #[must_use]
    pub fn judge(&self, exchange: &Exchange) -> Vec<Violation> {
        let Some((operation, placeholders)) = self.operation(&exchange.method, &exchange.path) else {
            let operation = format!("{} {}", exchange.method, exchange.path);
            return vec![Violation { operation, place: Place::Path, text: "it is not described".to_owned() }];
        };
        let found = operation.check(exchange, &placeholders);
        found.into_iter().map(|(place, text)| Violation { operation: operation.name.clone(), place, text }).collect()
    }

    /// The operation with the fewest placeholders: `/users/me` before `/users/{id}`.
    fn operation(&self, method: &str, path: &str) -> Option<(&Operation, Vec<(String, String)>)> {
        let of_method = self.operations.iter().filter(|operation| operation.method.eq_ignore_ascii_case(method));
        let matching = of_method.filter_map(|operation| Some((operation, operation.path.matches(path)?)));
        let best = matching.min_by_key(|(_, (placeholders, _))| *placeholders);
        best.map(|(operation, (_, values))| (operation, values))
    }
}
