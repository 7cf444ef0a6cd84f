//! What can be typed after `innkeeper simulate`.

use clap::{Args, ValueHint};
use jiff::civil::Date;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// As if this were the configuration directory; what is remembered stays that of the other
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) configuration: Option<PathBuf>,
    /// As if the source had this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) people: Option<PathBuf>,
    /// The source that the people stand in for [default: the only one]
    #[arg(long, value_name = "NAME", requires = "people")]
    pub(crate) source: Option<String>,
    /// As if it were this day
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<Date>,
    /// Only this app; can be repeated
    #[arg(long = "app", value_name = "APP")]
    pub(crate) apps: Vec<String>,
}
