//! Names and keys, each a type of its own so that no two can be mixed up.

use crate::{Share, Sharing, Text};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Text);

        impl $name {
            /// Wraps the text as it is.
            pub fn new(text: impl Into<Text>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, to be shared.
            pub fn as_text(&self) -> &Text {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Share for $name {
            fn share(&mut self, sharing: &mut Sharing) {
                self.0.share(sharing);
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
    )*};
}

identifiers! {
    /// A source, as named in the configuration: `hr`.
    SourceName;
    /// An app, as named in the configuration: `github`.
    AppName;
    /// A role, as named in the configuration: `engineer`.
    RoleName;
    /// The stable key of a person: the id of the record in the source that is authoritative for them.
    PersonId;
    /// The stable key of an account on its app.
    AccountId;
    /// A change within its plan: `c1`, `c2`, in the order of the plan.
    ChangeId;
    /// One write, the same in every retry; unique for ever.
    IntentId;
    /// The SHA-256 of a plan's content, in hexadecimal.
    PlanId;
    /// One execution of a plan; sorts by time.
    RunId;
}

impl PlanId {
    /// The first seven digits, as people quote it.
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}
