//! Somebody on the list, and how the list is read: the work that is the same in the sandbox, natively, and elsewhere.

use serde::{Deserialize, Serialize};

/// Somebody on the list: eight texts, as a directory has them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The stable key.
    pub id: String,
    /// The login.
    pub user_name: String,
    /// The first name.
    pub given_name: String,
    /// The last name.
    pub family_name: String,
    /// Both.
    pub display_name: String,
    /// Where mail goes.
    pub email: String,
    /// What the person does.
    pub title: String,
    /// Where.
    pub department: String,
}

/// The members out of a JSON answer.
///
/// # Errors
/// When it is none.
pub fn read(answer: &[u8]) -> Result<Vec<Member>, serde_json::Error> {
    serde_json::from_slice(answer)
}
