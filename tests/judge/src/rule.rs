//! A schema that stands alone, and what it finds.

use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::Value;

/// How many errors of one document are told: the first few say what is wrong.
const TOLD: usize = 5;
/// How many characters of one error are told.
const LONGEST: usize = 400;

/// A schema that stands alone. It is compiled when it is first applied, for most of a description never is, and once.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    schema: Value,
    compiled: Arc<OnceLock<Result<Validator, String>>>,
}

impl Rule {
    pub(crate) fn new(schema: Value) -> Self {
        Self { schema, compiled: Arc::default() }
    }

    pub(crate) fn schema(&self) -> &Value {
        &self.schema
    }

    /// What finds errors, or why the schema cannot be read.
    pub(crate) fn validator(&self) -> Result<&Validator, &str> {
        let compile = || jsonschema::draft202012::new(&self.schema).map_err(|error| error.to_string());
        self.compiled.get_or_init(compile).as_ref().map_err(String::as_str)
    }

    /// What is wrong with a document.
    pub(crate) fn errors(&self, document: &Value) -> Vec<String> {
        let validator = match self.validator() {
            Ok(validator) => validator,
            Err(error) => return vec![format!("the description cannot be read: {error}")],
        };
        let told = |error: jsonschema::ValidationError<'_>| {
            let at = error.instance_path().to_string();
            let at = if at.is_empty() { String::new() } else { format!("{at}: ") };
            let mut text = format!("{at}{error}");
            if let Some((end, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(end);
            }
            text
        };
        validator.iter_errors(document).take(TOLD).map(told).collect()
    }
}
