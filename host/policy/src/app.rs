//! Target systems, as configured.

use crate::approval::ApprovalDemand;
use crate::connection::Connection;
use crate::expression::Expression;
use crate::problem::Spot;
use innkeeper_domain::{AppMode, AppName, AttributeName, EntitlementPattern, Guard, Strength};
use std::num::NonZeroU32;

/// One app: a connector with configuration, credentials, mappings and limits.
#[derive(Clone, Debug)]
pub struct App {
    /// As it is called in the configuration.
    pub name: AppName,
    /// The system behind it.
    pub connection: Connection,
    /// Whether anything is written to it.
    pub mode: AppMode,
    /// The attributes by which accounts are correlated with people, the strongest first.
    pub matchers: Vec<AttributeName>,
    /// Apps on which a person's account must be there before.
    pub needs: Vec<AppName>,
    /// How many requests may be under way at once.
    pub concurrency: NonZeroU32,
    /// How many days before the first day of work an account is made.
    pub create_before: u32,
    /// How many days after it was closed an account is deleted; none: never.
    pub delete_after: Option<u32>,
    /// How much may be done at once.
    pub guard: Guard,
    /// Entitlements that the guard counts one by one when they are given.
    pub privileged: Vec<EntitlementPattern>,
    /// Who has to agree before a plan is carried out; none: nobody but whoever applies it.
    pub approval: Option<ApprovalDemand>,
    /// What accounts look like, in the order of the configuration.
    pub mappings: Vec<Mapping>,
    pub(crate) pilot: Option<Expression>,
    pub(crate) transfer_to: Option<Expression>,
    pub(crate) spots: AppSpots,
}

/// Where the parts of an app stand, for diagnostics.
#[derive(Clone, Debug)]
pub(crate) struct AppSpots {
    /// The app's name.
    pub(crate) name: Spot,
    /// Parallel to the matchers.
    pub(crate) matchers: Vec<Spot>,
    /// Parallel to the needs.
    pub(crate) needs: Vec<Spot>,
}

impl App {
    /// The CEL expression that says whom the app's pilot has; none: everybody. Nobody else is touched on the app.
    pub fn pilot(&self) -> Option<&Expression> {
        self.pilot.as_ref()
    }

    /// The mapping of an attribute; names are compared without case (RFC 7643, section 2.1).
    pub fn mapping(&self, attribute: &str) -> Option<&Mapping> {
        self.mappings.iter().find(|mapping| mapping.attribute.as_str().eq_ignore_ascii_case(attribute))
    }
}

/// What one attribute of an app's accounts should be.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The attribute of the account.
    pub attribute: AttributeName,
    /// Who owns it after the create.
    pub strength: Strength,
    pub(crate) value: Expression,
    pub(crate) spot: Spot,
}

impl Mapping {
    /// The CEL expression that gives the value.
    pub fn expression(&self) -> &Expression {
        &self.value
    }
}
