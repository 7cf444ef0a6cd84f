//! Carrying a plan out: exactly the changes that were approved, each under its recorded precondition, each journalled before it is
//! sent.

mod approval;
mod chain;
mod concurrency;
mod context;
mod effects;
mod gather;
mod look;
mod observe;
mod quarantine;
#[cfg(test)]
mod tests;
mod undone;
mod verify;
mod write;

pub use approval::{Approval, ApprovedPlan, NoReason, Override, Proof};
pub(crate) use approval::{Ground, breaches};
pub(crate) use chain::SHOWN_WITHIN;
pub(crate) use effects::effects;
pub(crate) use look::{Look, look};
pub(crate) use observe::{edited, shown};
pub use verify::Finding;
pub(crate) use verify::verify;

use crate::active::Active;
use crate::error::EngineError;
use crate::journal::Journal;
use crate::progress::{Event, Progress};
use crate::retry::{self, Patience};
use crate::target::Target;
use chain::Chain;
use context::AppContext;
use innkeeper_domain::{
    AppMode, AppName, ChangeId, ChangeRecord, ChangeState, Class, IntentId, Operation, Plan, RunId, RunRecord, RunState,
};
use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::JoinSet;
use undone::Undone;

/// Says why nothing new may be begun on an app just now; none while it may.
pub(crate) type Hold = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// One app as a run needs it.
pub(crate) struct RunApp {
    /// None with the reason, where the app cannot be written to.
    pub(crate) target: Result<Arc<dyn Target>, String>,
    /// How many chains are under way at once.
    pub(crate) concurrency: NonZeroU32,
    /// Apps with a smaller number come first, for what is not a leaver's.
    pub(crate) level: usize,
    /// Why nothing new may be begun.
    pub(crate) hold: Hold,
}

/// Why nothing is written to an app in warn mode.
const WARNED: &str = "the app is in warn mode: what would be done is reported, and nothing is written";

/// What came of a run.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunReport {
    /// The run.
    pub run: RunRecord,
    /// Its changes, in the order of the plan.
    pub changes: Vec<ChangeRecord>,
    /// What reading back does not show.
    pub findings: Vec<Finding>,
}

impl RunReport {
    /// How many changes are in each state.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for change in &self.changes {
            *counts.entry(change.state.name()).or_insert(0) += 1;
        }
        counts
    }

    /// Whether everything was done, or is under way on the app, and is there when it is read back.
    pub fn is_success(&self) -> bool {
        self.findings.is_empty() && self.changes.iter().all(|change| is_well(&change.state))
    }

    /// Whether nothing but what an app in warn mode keeps pending is not done.
    pub fn is_pending(&self) -> bool {
        let warned = |state: &ChangeState| matches!(state, ChangeState::Skipped { text } if text == WARNED);
        let well = |change: &ChangeRecord| is_well(&change.state) || warned(&change.state);
        self.findings.is_empty() && self.changes.iter().all(well) && !self.is_success()
    }
}

/// Whether a change is done, or is with somebody else.
fn is_well(state: &ChangeState) -> bool {
    matches!(
        state,
        ChangeState::Done { .. }
            | ChangeState::Manual { .. }
            | ChangeState::Postponed { .. }
            | ChangeState::Waiting { token: Some(_), .. }
    )
}

/// The records with which a run of a plan begins.
pub(crate) fn records(plan: &Plan, run: &RunId, now: jiff::Timestamp, mut intent: impl FnMut() -> IntentId) -> Vec<ChangeRecord> {
    let of_app = |app: &AppName, change: &innkeeper_domain::Change, intent: IntentId| ChangeRecord {
        run: run.clone(),
        app: app.clone(),
        id: change.id.clone(),
        change: change.clone(),
        intent,
        state: ChangeState::Planned,
        at: now,
        attempts: Vec::new(),
    };
    let apps = plan.apps().iter();
    apps.flat_map(|app| app.changes.iter().map(|change| of_app(&app.app, change, intent())).collect::<Vec<_>>()).collect()
}

/// What every run of an engine works with.
pub(crate) struct Means {
    pub(crate) journal: Arc<Journal>,
    pub(crate) patience: Patience,
    /// What else this process is doing.
    pub(crate) active: Arc<Active>,
}

/// Carries records out. Records that are final already are left as they are.
pub(crate) async fn execute(
    run: RunRecord,
    records: Vec<ChangeRecord>,
    modes: &BTreeMap<AppName, AppMode>,
    apps: BTreeMap<AppName, RunApp>,
    means: Means,
    progress: Arc<dyn Progress>,
) -> Result<RunReport, EngineError> {
    let Means { journal, patience, active } = means;
    let order: HashMap<_, _> = records.iter().enumerate().map(|(at, record)| (record.id.clone(), at)).collect();
    let counter = Arc::new(Counter { done: AtomicUsize::new(0), of: records.len(), progress });
    let mut by_app: BTreeMap<AppName, Vec<ChangeRecord>> = BTreeMap::new();
    for record in records {
        by_app.entry(record.app.clone()).or_default().push(record);
    }

    let mut finished: Vec<ChangeRecord> = Vec::new();
    let mut contexts: BTreeMap<AppName, Arc<AppContext>> = BTreeMap::new();
    let mut closing: Vec<(AppName, Vec<ChangeRecord>)> = Vec::new();
    let mut levels: BTreeMap<usize, Vec<(AppName, Vec<ChangeRecord>)>> = BTreeMap::new();
    // At once: an app may take many requests to say what it is, and a leaver has accounts on all of them.
    let prepared = by_app.keys().map(|name| prepare(apps.get(name), modes.get(name), &journal, patience));
    let prepared = futures::future::join_all(prepared).await;
    for ((name, records), prepared) in by_app.into_iter().zip(prepared) {
        match prepared {
            Err(why) => {
                for mut record in records {
                    if !record.state.is_final() {
                        journal.record(&mut record, ChangeState::Skipped { text: why.clone() }, Vec::new()).await?;
                    }
                    counter.count(&record);
                    finished.push(record);
                }
            }
            Ok((context, level)) => {
                contexts.insert(name.clone(), context);
                for chain in chains(records) {
                    if is_closing(&chain) {
                        closing.push((name.clone(), chain));
                    } else {
                        levels.entry(level).or_default().push((name.clone(), chain));
                    }
                }
            }
        }
    }
    // Leavers pre-empt everything, on all apps at once.
    for wave in std::iter::once(closing).chain(levels.into_values()) {
        let undone = finished.iter().filter_map(|record| Some((record.id.clone(), Undone::of(record)?))).collect();
        finished.extend(run_wave(wave, &contexts, undone, &active, &counter).await?);
    }

    finished.sort_by_key(|record| order.get(&record.id).copied());
    let open = finished.iter().any(|record| !record.state.is_final());
    let state = if open { RunState::Running } else { RunState::Finished };
    let finished_at = (!open).then(|| journal.now());
    Ok(RunReport { run: RunRecord { state, finished: finished_at, ..run }, changes: finished, findings: Vec::new() })
}

/// Settles what earlier runs that were cut off left open on one app. Sends no write.
pub(crate) async fn settle(
    app: &RunApp,
    records: &mut [ChangeRecord],
    journal: Arc<Journal>,
    patience: Patience,
) -> Result<Result<(), String>, EngineError> {
    match prepare(Some(app), Some(&AppMode::Enforce), &journal, patience).await {
        Err(why) => Ok(Err(why)),
        Ok((context, _)) => {
            let mut chain = Chain::new(&context, HashMap::new());
            chain.close_cut_off(records).await?;
            chain.durable().await.map(Ok)
        }
    }
}

type Prepared = (Arc<AppContext>, usize);

/// Connects an app for writing, or says why it is left out.
async fn prepare(
    app: Option<&RunApp>,
    mode: Option<&AppMode>,
    journal: &Arc<Journal>,
    patience: Patience,
) -> Result<Prepared, String> {
    let app = app.ok_or("the configuration no longer has this app")?;
    match mode {
        Some(AppMode::Enforce) => {}
        Some(AppMode::Warn) => {
            return Err(WARNED.into());
        }
        Some(AppMode::Observe) | None => return Err("the app is in observe mode: nothing is written to it".into()),
    }
    let target = app.target.clone()?;
    let description = retry::read(patience, || target.describe()).await.result.map_err(|failure| failure.to_string())?;
    let context = AppContext::new(app, target, description, patience, journal.clone());
    Ok((Arc::new(context), app.level))
}

/// One chain for each person, in the order in which people first appear.
fn chains(records: Vec<ChangeRecord>) -> Vec<Vec<ChangeRecord>> {
    let mut index: HashMap<innkeeper_domain::PersonId, usize> = HashMap::new();
    let mut chains: Vec<Vec<ChangeRecord>> = Vec::new();
    for record in records {
        let at = *index.entry(record.change.person.clone()).or_insert_with(|| {
            chains.push(Vec::new());
            chains.len() - 1
        });
        chains[at].push(record);
    }
    chains
}

/// An account that is made before its time is suspended, too, and that is not urgent.
fn is_closing(chain: &[ChangeRecord]) -> bool {
    let makes = |record: &ChangeRecord| matches!(record.change.operation, Operation::CreateAccount { .. });
    !chain.iter().any(makes)
        && chain.iter().any(|record| matches!(record.change.operation.class(), Class::Suspend | Class::Delete))
}

/// What is left of a closing that was cut off may have no suspension any more: it gives nothing all the same.
fn only_takes(chain: &[ChangeRecord]) -> bool {
    let takes = |record: &ChangeRecord| {
        matches!(
            record.change.operation,
            Operation::Revoke { .. } | Operation::RevokeSessions | Operation::TransferOwnership { .. }
        )
    };
    chain.iter().all(takes)
}

/// Runs chains, those of one app at most as many at a time as the app allows.
async fn run_wave(
    wave: Vec<(AppName, Vec<ChangeRecord>)>,
    contexts: &BTreeMap<AppName, Arc<AppContext>>,
    undone: HashMap<ChangeId, Undone>,
    active: &Arc<Active>,
    counter: &Arc<Counter>,
) -> Result<Vec<ChangeRecord>, EngineError> {
    let mut tasks: JoinSet<Result<Vec<ChangeRecord>, EngineError>> = JoinSet::new();
    for (app, mut records) in wave {
        let Some(context) = contexts.get(&app).cloned() else { continue };
        let (counter, active) = (counter.clone(), active.clone());
        // Only what this chain waits for: the whole would be copied for every chain.
        let waits_for = records.iter().flat_map(|record| &record.change.after);
        let undone = waits_for.filter_map(|before| Some((before.clone(), *undone.get(before)?))).collect();
        tasks.spawn(async move {
            let _begun = context.concurrency.begin().await;
            let Some(person) = records.first().map(|record| record.change.person.clone()) else { return Ok(records) };
            if !active.is_leaving(&person) {
                active.give_way().await;
            }
            let _turn = active.turn(&app, &person).await;
            if active.is_leaving(&person) && !is_closing(&records) && !only_takes(&records) {
                for record in records.iter_mut().filter(|record| !record.state.is_final()) {
                    let text = format!("{person} was offboarded after this plan was made");
                    context.journal.record(record, ChangeState::Skipped { text }, Vec::new()).await?;
                    counter.count(record);
                }
                return Ok(records);
            }
            let mut chain = Chain::new(&context, undone);
            chain.run(&mut records, |record| counter.count(record)).await?;
            chain.durable().await?;
            Ok(records)
        });
    }
    let mut finished = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        match joined {
            Ok(records) => finished.extend(records?),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
    Ok(finished)
}

struct Counter {
    done: AtomicUsize,
    of: usize,
    progress: Arc<dyn Progress>,
}

impl Counter {
    fn count(&self, record: &ChangeRecord) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.progress.event(Event::Changed { app: record.app.as_str(), done, of: self.of });
    }
}
