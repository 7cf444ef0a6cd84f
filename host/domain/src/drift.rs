//! What is done about differences that somebody made beside us.

use serde::{Deserialize, Serialize};

/// What is done about a grant that somebody else gave to a managed account, and that no rule gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantDrift {
    /// It is listed and left alone.
    #[default]
    Report,
    /// It is revoked.
    Revert,
    /// It is ours from then on: kept while the person stays, and taken away when they leave.
    Adopt,
}

/// What is done about an attribute that somebody else wrote over what we wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeDrift {
    /// It is written again.
    #[default]
    Revert,
    /// It is listed and left alone, until the rules want something else.
    Report,
}

/// What is done about an account that belongs to nobody known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrphanDrift {
    /// It is listed and left alone.
    #[default]
    Report,
    /// It is suspended, if it is active.
    Suspend,
}

/// What is done about drift on one app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DriftPolicy {
    /// About grants by somebody else.
    pub grants: GrantDrift,
    /// About attributes that somebody else wrote.
    pub attributes: AttributeDrift,
    /// About accounts of nobody.
    pub orphans: OrphanDrift,
}
