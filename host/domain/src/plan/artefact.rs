//! The plan as an artefact: content-hashed, reviewed, and applied exactly as it is.
//!
//! A plan for a merger has tens of thousands of changes, and its file a hundred megabytes. So the content is hashed, and compared with what was read,
//! while it is written out, and never held a second time.

use super::{AppPlan, Content, Plan};
use crate::strict::passed_over;
use crate::{AppName, Inputs, PlanId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    format: String,
    id: PlanId,
    content: Content,
}

/// The format of the file; the number grows with every change of shape.
const FORMAT: &str = "innkeeper-plan/2";

/// Why a plan file is not used.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Not JSON, or not of this shape.
    #[error("this is not a plan file: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Written by another version.
    #[error("the plan has the format `{found}` and this program reads `{FORMAT}`: make a new plan")]
    OtherFormat {
        /// What the file says.
        found: String,
    },
    /// The content is not what was hashed.
    #[error("the plan was altered after it was made: it says that it is {said} and its content is {actual}")]
    Altered {
        /// The id in the file.
        said: PlanId,
        /// The hash of the content.
        actual: PlanId,
    },
    /// There is something in it that this program would pass over.
    #[error("the plan says `{field}`, which this program does not know: make a new plan")]
    UnknownField {
        /// Where it stands: `content.apps[0].changes[3].operation.force`.
        field: String,
    },
}

impl Plan {
    /// Makes the artefact out of what the planner found. `by` is whoever makes it: the user name that the operating system gives.
    ///
    /// # Errors
    /// When the content cannot be written as JSON: a decimal that is not finite.
    pub fn seal(created: Timestamp, today: Date, by: &str, inputs: Inputs, apps: Vec<AppPlan>) -> Result<Self, PlanError> {
        let content = Content { created, today, by: by.to_owned(), inputs, apps };
        Ok(Self { format: FORMAT.to_owned(), id: content.hash()?, content })
    }

    /// Reads a plan file.
    ///
    /// # Errors
    /// When it is not a plan of this format, was altered, or says something that this program would pass over.
    pub fn read(bytes: &[u8]) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
        }
        let head: Head = serde_json::from_slice(bytes)?;
        if head.format != FORMAT {
            return Err(PlanError::OtherFormat { found: head.format });
        }
        let File { format, id, content } = serde_json::from_slice(bytes)?;
        let actual = content.hash()?;
        if actual != id {
            return Err(PlanError::Altered { said: id, actual });
        }
        let plan = Self { format, id, content };
        // What this program has written it has understood; only what somebody has touched is looked through field by field.
        if !plan.is_written_as(bytes).map_err(serde_json::Error::io)?
            && let Some(field) = passed_over(&serde_json::from_slice(bytes)?, &serde_json::to_value(&plan)?)
        {
            return Err(PlanError::UnknownField { field });
        }
        Ok(plan)
    }

    /// Writes the plan file.
    ///
    /// # Errors
    /// When `to` cannot be written to.
    pub fn write(&self, to: impl Write) -> io::Result<()> {
        let mut to = BufWriter::with_capacity(BUFFER, to);
        serde_json::to_writer_pretty(&mut to, self)?;
        to.write_all(b"\n")?;
        to.flush()
    }

    /// Whether the plan file has these bytes.
    fn is_written_as(&self, bytes: &[u8]) -> io::Result<bool> {
        let mut same = Same(Some(bytes));
        self.write(&mut same)?;
        Ok(same.0.is_some_and(<[u8]>::is_empty))
    }

    /// The plan without some apps, and the plan for them alone: two artefacts, each with its own id.
    ///
    /// # Errors
    /// As for [`Plan::seal`].
    pub fn split(&self, apart: &BTreeSet<AppName>) -> Result<(Self, Self), PlanError> {
        let part = |held: bool| -> Result<Self, PlanError> {
            let mut content = self.content.clone();
            content.apps.retain(|app| apart.contains(&app.app) == held);
            Ok(Self { format: self.format.clone(), id: content.hash()?, content })
        };
        Ok((part(false)?, part(true)?))
    }
}

impl Content {
    fn hash(&self) -> Result<PlanId, serde_json::Error> {
        let mut hash = BufWriter::with_capacity(BUFFER, Hashing(Sha256::new()));
        serde_json::to_writer(&mut hash, self)?;
        let Hashing(hash) = hash.into_inner().map_err(|error| serde_json::Error::io(error.into_error()))?;
        Ok(PlanId::new(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
    }
}

/// JSON comes in pieces of a few bytes, and neither hashing nor comparing is done well so.
const BUFFER: usize = 64 * 1024;

/// Takes what is written into a hash.
struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is still to be written if it is to be the same; none once it is not.
struct Same<'a>(Option<&'a [u8]>);

impl Write for Same<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.and_then(|rest| rest.strip_prefix(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
