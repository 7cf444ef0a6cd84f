//! Calls of the Web API: errors that come with status 200, warnings, cursors.

use crate::{Slack, failure};
use innkeeper_sdk::http::{self, Response};
use innkeeper_sdk::types::ErrorCode;
use innkeeper_sdk::{Result, log};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// What every answer of the Web API has around it (<https://docs.slack.dev/apis/web-api/>).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Envelope {
    pub(crate) ok: Option<bool>,
    pub(crate) error: Option<String>,
    /// The scope that is missing.
    pub(crate) needed: Option<String>,
    /// The scopes that the token has.
    pub(crate) provided: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) response_metadata: Metadata,
}

/// What stands beside an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    next_cursor: Option<String>,
    warnings: Option<Vec<String>>,
    /// What is wrong with the arguments.
    pub(crate) messages: Option<Vec<String>>,
}

/// `null` where Slack has nothing to say, which is not what serde takes for a missing field.
pub(crate) fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// One call that is being put together.
#[derive(Debug)]
pub(crate) struct Call {
    method: &'static str,
    fields: Vec<(&'static str, String)>,
    writes: bool,
}

impl Slack {
    /// A method that changes nothing.
    pub(crate) fn read(&self, method: &'static str) -> Call {
        Call { method, fields: Vec::new(), writes: false }
    }

    /// A method that changes something.
    pub(crate) fn write(&self, method: &'static str) -> Call {
        Call { method, fields: Vec::new(), writes: true }
    }

    /// The call for the configured workspace: tokens of an organisation have to say which one they mean, and others may.
    pub(crate) fn in_team(&self, call: Call) -> Call {
        call.with_if("team_id", self.settings.team.clone())
    }
}

impl Call {
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.fields.push((name, value.to_string()));
        self
    }

    pub(crate) fn with_if(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Sends the call and takes the answer only if it says that it is `ok`.
    pub(crate) fn send(self) -> Result<Answer> {
        let target = format!("/{}", self.method);
        // Not every method takes JSON, and all take this.
        let request = if self.writes {
            let fields: Vec<(&str, &str)> = self.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            http::post(target).form(&fields)
        } else {
            self.fields.iter().fold(http::get(target), |request, (name, value)| request.query(name, value))
        };
        let response = request.send()?;
        if !response.is_success() {
            return Err(response.to_error());
        }
        let envelope: Envelope = response.json().map_err(|error| self.unclear(error))?;
        // That nothing was to be done is an answer and no warning.
        let odd = |warning: &&String| !warning.starts_with("already_");
        for warning in envelope.response_metadata.warnings.iter().flatten().filter(odd) {
            log::warn!("Slack warns: {}", warning; "method" = self.method);
        }
        match envelope.ok {
            Some(true) => {
                let next = envelope.response_metadata.next_cursor.filter(|cursor| !cursor.is_empty());
                let warnings = envelope.response_metadata.warnings.unwrap_or_default();
                Ok(Answer { method: self.method, writes: self.writes, response, next, warnings })
            }
            Some(false) => Err(failure::of_answer(self.method, &envelope, self.writes, &response)),
            None => {
                let error = innkeeper_sdk::Error::malformed(format!("{} was answered without `ok`", self.method));
                Err(self.unclear(error.with_status(response.status())))
            }
        }
    }

    /// A write whose answer says nothing may have been carried out.
    fn unclear(&self, mut error: innkeeper_sdk::Error) -> innkeeper_sdk::Error {
        if self.writes {
            error.code = ErrorCode::OutcomeUnknown;
        }
        error
    }
}

/// An answer that is `ok`.
#[derive(Debug)]
pub(crate) struct Answer {
    method: &'static str,
    writes: bool,
    response: Response,
    /// Where the next page starts.
    pub(crate) next: Option<String>,
    warnings: Vec<String>,
}

impl Answer {
    /// Whether Slack warns of this.
    pub(crate) fn warns(&self, word: &str) -> bool {
        self.warnings.iter().any(|warning| warning == word)
    }

    /// What the answer says.
    pub(crate) fn get<T: DeserializeOwned>(&self) -> Result<T> {
        self.response.json().map_err(|mut error| {
            if self.writes {
                error.code = ErrorCode::OutcomeUnknown;
            }
            error.message = format!("{}: {}", self.method, error.message);
            error
        })
    }

    /// The token's scopes, which Slack sends with its answers; none where it did not.
    pub(crate) fn scopes(&self) -> Option<Vec<&str>> {
        let header = self.response.header("x-oauth-scopes")?;
        Some(header.split(',').map(str::trim).filter(|scope| !scope.is_empty()).collect())
    }
}
