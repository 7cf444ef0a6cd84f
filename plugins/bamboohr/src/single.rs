//! `GET /employees/{id}`: one person, with any field there is.

use crate::BambooHr;
use crate::api;
use crate::field;
use crate::record::{Record, text};
use innkeeper_sdk::prelude::*;
use serde_json::{Map, Value as Json};

/// How many people are read one by one in a call, which has two minutes.
pub(crate) const AT_ONCE: usize = 100;

/// Which values of fields with a history count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AsOf {
    Today,
    /// Those of later days too: what a joiner will be.
    Later,
}

impl BambooHr {
    /// Everybody of these whom these credentials may see, without those who are not there any more.
    ///
    /// # Errors
    /// Also `permission-denied` where they may see none of them: then it is not about one of them.
    pub(crate) fn each(&self, ids: &[String]) -> Result<Vec<Record>> {
        let fields: Vec<&str> = field::wanted(&self.settings).into_iter().collect();
        let mut records = Vec::new();
        let mut refusal = None;
        for id in ids {
            match self.single(id, &fields, AsOf::Today) {
                Ok(record) => records.push(record),
                Err(error) if error.code == ErrorCode::NotFound => {}
                Err(error) if error.code == ErrorCode::PermissionDenied => refusal = Some(error),
                Err(error) => return Err(error),
            }
        }
        match refusal {
            Some(refusal) if records.is_empty() => Err(refusal),
            _ => Ok(records),
        }
    }

    /// One employee. Fields that may not be seen are not in the answer.
    pub(crate) fn single(&self, id: &str, fields: &[&str], as_of: AsOf) -> Result<Record> {
        let names: Vec<&str> = fields.iter().map(|field| field::in_single(field)).collect();
        let request = api::get(format!("/employees/{}", http::segment(id))).query("fields", names.join(","));
        let request = request.query_if("onlyCurrent", (as_of == AsOf::Later).then_some("false"));
        let answer: Map<String, Json> = api::read(request)?;
        match answer.get("id").and_then(text) {
            Some(answered) if answered == id => Ok(Record::new(answered, answer)),
            _ => {
                Err(Error::malformed(format!("BambooHR was asked for the employee {id} and answered with another one, or none")))
            }
        }
    }
}
