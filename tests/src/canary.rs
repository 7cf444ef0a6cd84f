//! Whether a secret was ever written down.
//!
//! Every secret that a test hands to the program has [`WORD`] in it. Where `INNKEEPER_TEST_KEEP` names a folder, every
//! [`Workspace`](crate::workspace::Workspace) lets the program log all that it can, looks for the word in what each run printed and, when
//! the test is done with it, in every file and every file's name, and leaves a [`Record`] of what it saw in that folder. `cargo xtask
//! test` reads the records.
//!
//! The word is found as it is and in the encodings of [`needles`]. It is short so that a page border of a database seldom cuts it in two.
//! It is not found where somebody compressed or encrypted it.

mod folder;
pub mod needles;
mod record;

pub use folder::{Found, Place, search, search_bytes};
pub use record::{LOG, Record, Summary, Watch, without_log};

/// What every secret of a test has in it: letters alone, so that no system refuses it, and in no other text.
pub const WORD: &str = "innkeepercanary";

/// The variable that names the folder for the records.
pub const KEEP: &str = "INNKEEPER_TEST_KEEP";

/// A file that may have a secret in it.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    /// Its whole path in the workspace.
    pub path: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// Every file that may have a secret in it: what tests hand secrets in with.
pub const ALLOWED: &[Allowed] = &[
    Allowed { path: "token", reason: "the file that the configuration names as the place of the token" },
    Allowed {
        path: "google-key.json",
        reason: "the file that the configuration names as the place of the service account's key",
    },
];

#[cfg(all(test, feature = "fake"))]
mod tests {
    /// The fakes come below this crate and say the word themselves.
    #[test]
    fn the_fakes_secrets_have_the_same_word() {
        assert_eq!(innkeeper_fakes::CANARY, super::WORD);
    }
}
