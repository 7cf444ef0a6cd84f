//! The store is an older one: what the first plan after that says.

use crate::engine::Engine;
use crate::error::EngineError;
use innkeeper_store::Register;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// That a backup was put in the place of the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Restored {
    /// When the backup was made: what came after it is not in the store.
    pub made: Timestamp,
    /// When it was restored.
    pub at: Timestamp,
}

/// Under [`RESTORED_KEY`], until a plan of everything has said so.
pub const RESTORED: Register<Restored> = Register::new("restored");

/// The one key.
pub const RESTORED_KEY: &str = "store";

impl Engine {
    /// What the reader of the first plan after a restore has to know. Said until a plan has read every source and every app.
    pub(crate) async fn note_restore(&self, read_everything: bool) -> Result<Option<String>, EngineError> {
        let Some(restored) = RESTORED.get(self.store(), RESTORED_KEY).await? else { return Ok(None) };
        if read_everything {
            self.store().apply(&[RESTORED.remove(RESTORED_KEY)]).await?;
        }
        let made = restored.made.strftime("%Y-%m-%d %H:%M:%SZ");
        Ok(Some(format!(
            "the store is a backup of {made}, and the apps are newer: every source and app was read anew. What was made since is adopted by \
             `match`; what was suspended or deleted since counts from now; look at adoptions, orphans and drift before applying"
        )))
    }
}
