//! What can be typed about what somebody else did.

use clap::Args;
use jiff::Span;
use jiff::civil::Date;

#[derive(Debug, Args)]
pub(crate) struct DriftList {
    /// Only this app
    #[arg(long, value_name = "APP")]
    pub(crate) app: Option<String>,
    /// Also what was adopted or is ignored, with who decided it and until when it holds
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Orphans {
    /// Only this app
    #[arg(long, value_name = "APP")]
    pub(crate) app: Option<String>,
    /// Also what is ignored, with who decided it and until when it holds
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(crate) struct Adopt {
    /// The app
    pub(crate) app: String,
    /// The account, by name or id
    pub(crate) account: String,
    /// Keep this grant, though no rule gives it, until the person leaves
    #[arg(long, value_name = "KIND/NAME", group = "what")]
    pub(crate) entitlement: Option<String>,
    /// The account is this person's, by key, user name or e-mail address
    #[arg(long, value_name = "PERSON", group = "what")]
    pub(crate) person: Option<String>,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Ignore {
    /// The app
    pub(crate) app: String,
    /// The account, by name or id
    pub(crate) account: String,
    /// Ignore this grant, and not the account
    #[arg(long, value_name = "KIND/NAME")]
    pub(crate) entitlement: Option<String>,
    /// Until this day; it is spoken of again on it
    #[arg(long, value_name = "DATE", conflicts_with = "for_")]
    pub(crate) until: Option<Date>,
    /// For this long: `30d`, `2w`
    #[arg(long = "for", value_name = "DURATION")]
    pub(crate) for_: Option<Span>,
    /// Why, for the audit log and for those who wonder
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}
