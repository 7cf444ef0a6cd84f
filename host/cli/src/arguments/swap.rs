//! `innkeeper swap ...`

use clap::{Args, Subcommand};
use innkeeper_domain::Length;
use jiff::SignedDuration;
use jiff::civil::Date;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(
    after_help = "The role gives NEW what it gives on OLD: the same kinds and names, or what --entitlement says. Who has an account on \
    OLD keeps it until the overlap is over, counted from the day on which their account on NEW was seen to be usable. Nobody is given OLD any \
    more. Nothing is written to an app before a plan is applied."
)]
pub(crate) struct Swap {
    #[command(subcommand)]
    pub(crate) command: Option<SwapCommand>,
    /// The app that the role gives
    #[arg(required = true)]
    pub(crate) old: Option<String>,
    /// The app that is to be given in its place
    #[arg(required = true)]
    pub(crate) new: Option<String>,
    /// Whom it is about
    #[arg(long, value_name = "ROLE", required = true)]
    pub(crate) role: Option<String>,
    /// How long the old app is kept beside the new one, in whole days
    #[arg(long, value_name = "LENGTH", default_value = "14d", value_parser = whole_days)]
    pub(crate) overlap: u32,
    /// The first day [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Date>,
    /// What stands for what: `group/Sales=team/vendors`, or `group/Sales=` for nothing but the account; may be said several times
    #[arg(long = "entitlement", value_name = "OLD=NEW", value_parser = counterpart)]
    pub(crate) entitlements: Vec<(String, Option<String>)>,
    /// Why, for the audit log and for those who wonder
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SwapCommand {
    /// The swaps that hold, and how far each has come
    List,
    /// Take a swap back: the role gives again what the configuration says
    Stop(Pair),
}

#[derive(Debug, Args)]
pub(crate) struct Pair {
    /// The old app
    pub(crate) old: String,
    /// The new app
    pub(crate) new: String,
    /// The role
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: String,
}

fn whole_days(text: &str) -> Result<u32, String> {
    const DAY: i64 = 86_400;
    let length: Length = text.parse().map_err(|error: innkeeper_domain::InvalidLength| error.to_string())?;
    let seconds = SignedDuration::as_secs(&length.duration());
    match u32::try_from(seconds / DAY) {
        Ok(days) if seconds % DAY == 0 => Ok(days),
        _ => Err("an overlap has whole days: `14d`, `2w`".to_owned()),
    }
}

fn counterpart(text: &str) -> Result<(String, Option<String>), String> {
    let (old, new) = text.split_once('=').ok_or("expected OLD=NEW: `group/Sales=team/vendors`")?;
    let sound = |name: &str| name.split_once('/').is_some_and(|(kind, name)| !kind.is_empty() && !name.is_empty());
    // With the app in front, as in the configuration, it means the same.
    let bare = |name: &str| name.trim().split_once(':').map_or(name.trim(), |(_, rest)| rest).to_owned();
    let (old, new) = (bare(old), bare(new));
    if !sound(&old) || !(new.is_empty() || sound(&new)) {
        return Err("an entitlement is KIND/NAME: `group/Sales=team/vendors`".to_owned());
    }
    Ok((old, (!new.is_empty()).then_some(new)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_whole_days_and_a_pair_has_two_entitlements_or_one() {
        assert_eq!((whole_days("2w"), whole_days("0d"), whole_days("48h")), (Ok(14), Ok(0), Ok(2)));
        assert!(whole_days("36h").is_err() && whole_days("soon").is_err());
        let pair = |text: &str| counterpart(text).ok();
        assert_eq!(pair("group/A=team/b c"), Some(("group/A".into(), Some("team/b c".into()))));
        assert_eq!(pair("chat:group/A = talk:team/b"), Some(("group/A".into(), Some("team/b".into()))));
        assert_eq!(pair("group/A="), Some(("group/A".into(), None)));
        assert_eq!((pair("group/A"), pair("A=team/b"), pair("group/A=b")), (None, None, None));
    }
}
