//! Who has to agree to a plan before it is carried out.

/// What an app demands before a plan is carried out on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalDemand {
    /// Who may approve, at least one: user names as the operating system gives them, or names of approvers with keys.
    pub by: Vec<String>,
    /// How many of them have to.
    pub count: usize,
    /// Whether somebody may approve a plan that they have made themselves.
    pub own: bool,
}

/// Somebody whose approvals are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// As `by` names them.
    pub name: String,
    /// Their public key, `ed25519:` and 32 bytes in base64. An approval of theirs counts only with a signature of it.
    pub key: String,
}
