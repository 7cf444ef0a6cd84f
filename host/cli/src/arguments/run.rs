//! The engine as a process.

use clap::Args;
use std::net::SocketAddr;

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Do everything that is due once, and end: for cron
    #[arg(long)]
    pub(crate) once: bool,
    /// Answer `/health` and `/status` here, whatever the configuration says
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
}
