//! One file a command.

pub(crate) mod access;
pub(crate) mod apply;
mod approve;
mod audit;
mod backup;
mod cases;
mod check;
mod completions;
mod connector;
mod doctor;
mod drift;
mod ending;
mod explain;
mod init;
mod last_plan;
mod pause;
mod person;
mod plan;
mod plan_file;
mod report;
mod run;
mod secret;
mod simulate;
mod status;
mod swap;
mod tasks;
mod temporary;
mod undo;
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
        Command::Simulate(asked) => simulate::run(&general, &asked),
        Command::Approve(approve) => approve::run(&general, &approve),
        Command::Apply(apply) => apply::run(&general, &apply),
        Command::Undo(undo) => undo::run(&general, &undo),
        Command::Run(asked) => run::run(&general, &asked),
        Command::Status(status) if status.leavers => report::still_open(&general),
        Command::Status(_) => status::run(&general),
        Command::Onboard(onboard) => person::onboard(&general, &onboard),
        Command::Offboard(offboard) => person::offboard(&general, &offboard),
        Command::Grant(grant) => temporary::grant(&general, &grant),
        Command::Revoke(revoke) => temporary::revoke(&general, &revoke),
        Command::Reinstate(reinstate) => temporary::reinstate(&general, &reinstate),
        Command::Swap(asked) => swap::run(&general, &asked),
        Command::WhoHas(who_has) => who_has::run(&general, &who_has),
        Command::Access(access) => access::run(&general, &access),
        Command::Explain(explain) => explain::run(&general, &explain),
        Command::Report(report) => report::run(&general, &report),
        Command::Orphans(asked) => last_plan::orphans(&general, &asked),
        Command::Drift(asked) => last_plan::drift(&general, &asked),
        Command::Adopt(asked) => drift::adopt(&general, &asked),
        Command::Ignore(asked) => drift::ignore(&general, &asked),
        Command::Cases(asked) => cases::run(&general, &asked),
        Command::Tasks(tasks) => tasks::run(&general, &tasks),
        Command::Audit(audit) => audit::run(&general, &audit),
        Command::Secret(secret) => secret::run(&general, &secret),
        Command::Connector(connector) => connector::run(&general, &connector),
        Command::Pause(pause) => pause::pause(&general, &pause),
        Command::Resume(resume) => pause::resume(&general, &resume),
        Command::Backup(backup) => backup::run(&general, &backup),
        Command::Restore(restore) => backup::restore::run(&general, &restore),
        Command::Doctor => doctor::run(&general),
        Command::Completions(completions) => Ok(completions::run(&completions)),
    }
}
