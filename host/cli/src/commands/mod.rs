//! One file a command.

mod access;
mod apply;
mod audit;
mod check;
mod completions;
mod connector;
mod doctor;
mod explain;
mod init;
mod last_plan;
mod person;
mod plan;
mod report;
mod secret;
mod status;
mod tasks;
mod who_has;

use crate::arguments::{Arguments, Command};
use crate::error::CliError;
use crate::reply::Reply;

/// Does what was asked.
pub(crate) fn run(arguments: Arguments) -> Result<Reply, CliError> {
    let Arguments { general, command } = arguments;
    match command {
        Command::Init(init) => init::run(&init),
        Command::Check(check) => check::run(&general, &check),
        Command::Plan(plan) => plan::run(&general, &plan),
        Command::Apply(apply) => apply::run(&general, &apply),
        Command::Status(status) if status.leavers => report::still_open(&general),
        Command::Status(_) => status::run(&general),
        Command::Onboard(onboard) => person::onboard(&general, &onboard),
        Command::Offboard(offboard) => person::offboard(&general, &offboard),
        Command::WhoHas(who_has) => who_has::run(&general, &who_has),
        Command::Access(access) => access::run(&general, &access),
        Command::Explain(explain) => explain::run(&general, &explain),
        Command::Report(report) => report::run(&general, &report),
        Command::Orphans => last_plan::orphans(&general),
        Command::Drift => last_plan::drift(&general),
        Command::Cases => last_plan::cases(&general),
        Command::Tasks(tasks) => tasks::run(&general, &tasks),
        Command::Audit(audit) => audit::run(&general, &audit),
        Command::Secret(secret) => secret::run(&general, &secret),
        Command::Connector(connector) => connector::run(&general, &connector),
        Command::Doctor => doctor::run(&general),
        Command::Completions(completions) => Ok(completions::run(&completions)),
    }
}
