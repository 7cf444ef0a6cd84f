//! Named sets of entitlements and the rules that give them.

use crate::expression::Expression;
use crate::problem::Spot;
use innkeeper_domain::{AppName, EntitlementRef, RoleName};
use serde::Serialize;

/// Whether a role gives what it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleMode {
    /// It gives nothing; a plan lists who would get what.
    Observe,
    /// It gives what it names.
    #[default]
    Enforce,
}

/// One role.
#[derive(Clone, Debug)]
pub struct Role {
    /// As it is called in the configuration.
    pub name: RoleName,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it gives what it names.
    pub mode: RoleMode,
    /// What it gives, in the order of the configuration. Every grant on an app implies the account.
    pub grants: Vec<EntitlementRef>,
    /// How many days somebody who still works here keeps what the role gave after the rule stops giving it; none: it goes at once.
    pub keep_for: Option<u32>,
    pub(crate) when: Expression,
    /// Parallel to `grants`.
    pub(crate) grant_spots: Vec<Spot>,
}

impl Role {
    /// The CEL expression that says who has the role.
    pub fn rule(&self) -> &Expression {
        &self.when
    }

    /// Whether the role gives anything on the app.
    pub fn is_about(&self, app: &AppName) -> bool {
        self.grants.iter().any(|grant| grant.app == *app)
    }
}
