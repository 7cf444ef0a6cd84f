//! Target systems, as configured.

use crate::approval::ApprovalDemand;
use crate::connection::Connection;
use crate::expression::Expression;
use crate::licences::Licences;
use crate::lifecycle::{Close, OnLeave};
use crate::manual::Manual;
use crate::problem::Spot;
use innkeeper_domain::{AppMode, AppName, AttributeName, DriftPolicy, Glob, Guard, Strength};
use std::num::NonZeroU32;

/// One app: a connector, or people, with configuration, credentials, mappings and limits.
#[derive(Clone, Debug)]
pub struct App {
    /// As it is called in the configuration.
    pub name: AppName,
    /// What is behind it.
    pub kind: AppKind,
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
    /// Whether an account that is made before the first day of work is suspended until then.
    pub enable_on_start: bool,
    /// When somebody who is inactive without an end date is closed.
    pub close: Close,
    /// What happens to the accounts of somebody who is away for long.
    pub on_leave: OnLeave,
    /// How many days after it was closed an account is deleted; none: never.
    pub delete_after: Option<u32>,
    /// Whether leavers lose what the rules gave them, where their suspended accounts would keep it.
    pub revoke_from_leavers: bool,
    /// What its licences cost, and when one counts as unused.
    pub licences: Licences,
    /// Accounts that are never written to: patterns over unique name, id and the attributes of `match`.
    pub protect: Vec<Glob>,
    /// The accounts that the engine itself uses: the same, and no holders of what is privileged.
    pub service_accounts: Vec<Glob>,
    /// Entitlements, as `kind/name`, that matter more than others: the guard counts them when they are given, and their last active holder keeps
    /// them.
    pub privileged: Vec<Glob>,
    /// How much may be done at once.
    pub guard: Guard,
    /// Who has to agree before a plan is carried out; none: nobody but whoever applies it.
    pub approval: Option<ApprovalDemand>,
    /// What is done about differences that somebody made on the app.
    pub drift: DriftPolicy,
    /// What accounts look like, in the order of the configuration.
    pub mappings: Vec<Mapping>,
    pub(crate) pilot: Option<Expression>,
    pub(crate) transfer_to: Option<Expression>,
    pub(crate) spots: AppSpots,
}

/// What is behind an app.
#[derive(Clone, Debug)]
pub enum AppKind {
    /// A system with an API, and the connector that speaks to it.
    Connector(Connection),
    /// People who do by hand what there is no API for.
    Manual(Manual),
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
    /// The system behind it; none where people do it by hand.
    pub fn connection(&self) -> Option<&Connection> {
        match &self.kind {
            AppKind::Connector(connection) => Some(connection),
            AppKind::Manual(_) => None,
        }
    }

    /// Whether accounts of leavers are handed on to somebody.
    pub fn transfers_ownership(&self) -> bool {
        self.transfer_to.is_some()
    }

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
