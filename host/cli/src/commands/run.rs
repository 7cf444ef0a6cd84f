//! `innkeeper run`

mod listen;
mod supervisor;

use crate::arguments::{General, Run};
use crate::commands::plan::keep;
use crate::commands::plan_file;
use crate::context::{self, Access, Places};
use crate::error::CliError;
use crate::reply::{Exit, Reply};
use innkeeper_domain::{Plan, PlanId};
use innkeeper_engine::{Health, Service, Surroundings};
use std::sync::{Arc, Mutex, PoisonError};
use supervisor::Supervisor;

pub(crate) fn run(general: &General, asked: &Run) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Write)?;
        let engine = Arc::new(engine);
        let address = asked.listen.or(engine.configuration().schedule().listen).filter(|_| !asked.once);
        let listener = match address {
            Some(address) => Some(listen::bind(address).await?),
            None => None,
        };
        let around = Arc::new(Around { places, supervisor: Supervisor::from_environment(), shown: Mutex::default() });
        let service = Arc::new(Service::new(engine.clone(), around.clone()));
        let _answering = listener.map(|listener| listen::answer(listener, service.clone()));
        around.supervisor.ready();
        let work = async { if asked.once { service.once().await } else { service.run().await } };
        let health = context::stopping(&engine, work).await?;
        around.supervisor.stopping();
        Ok(reply(&health, asked.once))
    })
}

fn reply(health: &Health, once: bool) -> Reply {
    let mut text = String::new();
    for line in lines(health) {
        text.push_str(&line);
        text.push('\n');
    }
    if text.is_empty() {
        text.push_str(if once { "Everything that was due is done.\n" } else { "Stopped.\n" });
    }
    let exit = match (health.is_well() && health.troubled_runs == 0, health.held.is_empty()) {
        _ if !once => Exit::Done,
        (false, _) => Exit::Failed,
        (true, false) => Exit::Pending,
        (true, true) => Exit::Done,
    };
    Reply::new(text, health, exit)
}

/// What is not as it should be, a line each.
pub(crate) fn lines(health: &Health) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(health.trouble.as_ref().map(|why| format!("nothing can be compared: {why}")));
    for (app, quarantined) in &health.quarantined {
        let next = quarantined.next.strftime("%Y-%m-%d %H:%M:%S UTC");
        let times = match quarantined.times {
            1 => "once".to_owned(),
            times => format!("{times} times in a row"),
        };
        lines.push(format!("{app} failed {times} and is tried again at {next}: {}", quarantined.why));
    }
    for held in health.held.values() {
        lines.push(format!("held back: {} To carry it out: {}", held.why, held.command));
    }
    lines
}

/// What the service needs of the program.
struct Around {
    places: Places,
    supervisor: Supervisor,
    /// What was said last, so that nothing is said twice.
    shown: Mutex<Vec<String>>,
}

impl Surroundings for Around {
    fn keep(&self, plan: &Plan) -> std::io::Result<String> {
        let file = keep(&self.places, plan).map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(format!("innkeeper apply {}", file.display()))
    }

    fn recall(&self, plan: &PlanId) -> Option<Plan> {
        plan_file::read(&self.places.plans().join(format!("{}.json", plan.short()))).ok().filter(|found| found.id() == plan)
    }

    fn changed(&self, health: &Health) {
        self.supervisor.alive(health);
        let now = lines(health);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for line in now.iter().filter(|line| !shown.contains(line)) {
            tracing::warn!(target: "innkeeper::run", "{line}");
        }
        *shown = now;
    }
}
