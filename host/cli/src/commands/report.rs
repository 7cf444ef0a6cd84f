//! `innkeeper report`

mod leavers;
mod licences;

use crate::arguments::{General, Report};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::reply::{Exit, Reply};
use innkeeper_engine::{Leaver, LeaverReport};

pub(crate) fn run(general: &General, asked: &Report) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        match asked {
            Report::Licences => {
                let report = engine.licences().await?;
                Ok(Reply::done(licences::render(&report), &report))
            }
            Report::Leavers(asked) => Ok(reply(&engine.leavers(asked.since).await?)),
        }
    })
}

/// `innkeeper status --leavers`: the report without what is closed.
pub(crate) fn still_open(general: &General) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        let mut report = engine.leavers(None).await?;
        report.leavers.retain(Leaver::is_open);
        for leaver in &mut report.leavers {
            leaver.apps.retain(|app| !app.open.is_empty());
        }
        Ok(reply(&report))
    })
}

fn reply(report: &LeaverReport) -> Reply {
    let exit = if report.is_open() { Exit::Pending } else { Exit::Done };
    Reply::new(leavers::render(report), report, exit)
}
