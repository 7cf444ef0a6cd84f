//! Everybody who has left, and what is still open for them. Computed from what is remembered alone, so that it is there when the apps are
//! not.

mod steps;

pub use steps::{OpenStep, Step, Why};

use crate::engine::Engine;
use crate::error::EngineError;
use innkeeper_domain::{AppName, ChangeRecord, ChangeState, Lifecycle, Operation, Person, PersonId};
use innkeeper_policy::App;
use innkeeper_store::{AuditFilter, HeldAccount, Listing};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many entries of the audit log about one person are looked through for the moment at which they were offboarded.
const AUDIT_ENTRIES: usize = 200;

/// What is open, and what was closed when.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LeaverReport {
    /// The moment for which it is true.
    pub at: Timestamp,
    /// Everybody who has left and had an account; those with something open first, then the latest.
    pub leavers: Vec<Leaver>,
}

impl LeaverReport {
    /// Whether something is still open for somebody.
    pub fn is_open(&self) -> bool {
        self.leavers.iter().any(Leaver::is_open)
    }
}

/// Somebody who has left.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Leaver {
    /// Who.
    pub person: PersonId,
    /// How they are called.
    pub label: String,
    /// The first day on which they no longer work here, where it is known.
    pub since: Option<Date>,
    /// The moment from which on they should have no access: when somebody offboarded them, or when that day began.
    pub left: Option<Timestamp>,
    /// By app, in the order of the configuration.
    pub apps: Vec<LeaverOnApp>,
}

impl Leaver {
    /// Whether something is still open.
    pub fn is_open(&self) -> bool {
        self.apps.iter().any(|app| !app.open.is_empty())
    }
}

/// What becomes of one account of somebody who has left.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LeaverOnApp {
    /// The app.
    pub app: AppName,
    /// The account's name.
    pub account: String,
    /// Whether it can still be used, as far as is known.
    pub usable: bool,
    /// What is still to be done now.
    pub open: Vec<OpenStep>,
    /// When the last access ended; none while it has not, or if somebody else ended it.
    pub closed: Option<Timestamp>,
    /// How long after the person had left, in seconds; negative if it was before.
    pub closed_after: Option<i64>,
    /// Steps that were done and that nothing on the app can show: the app's word, or a person's, is all there is.
    pub not_read_back: Vec<Step>,
    /// When the account is deleted.
    pub delete_on: Option<Date>,
}

impl Engine {
    /// Everybody who has left. With `since`, of those for whom nothing is open only who has left since that day.
    ///
    /// # Errors
    /// When nothing is known of anybody yet, or the store cannot be read.
    pub async fn leavers(&self, since: Option<Date>) -> Result<LeaverReport, EngineError> {
        let today = self.moment(None);
        let people = self.known().await?.people;
        let departures = self.store().departures().await?;
        let read = self.sources_read().await?;
        let mut leavers = Vec::new();
        for person in &people {
            let Lifecycle::Left { since: day } = person.lifecycle(&today) else { continue };
            let left = match departures.contains_key(&person.id) {
                true => self.offboarded(person).await?.or_else(|| self.dawn(day)),
                false => self.dawn(day),
            };
            let apps = self.apps_of_leaver(person, left, read).await?;
            let leaver = Leaver { person: person.id.clone(), label: person.label().to_owned(), since: day, left, apps };
            let asked = since.is_none_or(|since| day.is_none_or(|day| day >= since));
            if !leaver.apps.is_empty() && (asked || leaver.is_open()) {
                leavers.push(leaver);
            }
        }
        leavers.sort_by(|one, other| {
            let key = |leaver: &Leaver| (!leaver.is_open(), std::cmp::Reverse(leaver.left));
            key(one).cmp(&key(other)).then_with(|| one.person.cmp(&other.person))
        });
        Ok(LeaverReport { at: self.now(), leavers })
    }

    /// When the day began in the configured time zone.
    fn dawn(&self, day: Option<Date>) -> Option<Timestamp> {
        day?.to_zoned(self.configuration().time_zone().clone()).ok().map(|dawn| dawn.timestamp())
    }

    /// When somebody offboarded the person by hand.
    async fn offboarded(&self, person: &Person) -> Result<Option<Timestamp>, EngineError> {
        let filter = AuditFilter { person: Some(person.id.clone()), ..AuditFilter::default() };
        let entries = self.store().audit(&filter, AUDIT_ENTRIES).await?;
        Ok(entries.into_iter().find(|entry| entry.event.what == "person.offboarded").map(|entry| entry.event.at))
    }

    /// When the sources were last read: an app that was not read since then could not be.
    async fn sources_read(&self) -> Result<Option<Timestamp>, EngineError> {
        let mut last = None;
        for source in self.configuration().sources() {
            let count = self.store().counts(&Listing::People(source.name.clone()), 1).await?.into_iter().next();
            last = last.max(count.map(|count| count.taken));
        }
        Ok(last)
    }

    async fn apps_of_leaver(
        &self,
        person: &Person,
        left: Option<Timestamp>,
        sources_read: Option<Timestamp>,
    ) -> Result<Vec<LeaverOnApp>, EngineError> {
        let accounts = self.store().accounts_of(&person.id).await?;
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let mut history: BTreeMap<AppName, Vec<ChangeRecord>> = BTreeMap::new();
        for record in self.store().changes_for(&person.id, None).await? {
            history.entry(record.app.clone()).or_default().push(record);
        }
        let of = |held: HeldAccount| {
            let app = self.configuration().app(&held.app)?;
            let history = history.get(&held.app).map(Vec::as_slice).unwrap_or_default();
            Some(self.on_app(app, &held, steps::since_opened(history), left, sources_read))
        };
        Ok(accounts.into_iter().filter_map(of).collect())
    }

    /// `history` is what was done since the account was last made or opened, newest first.
    fn on_app(
        &self,
        app: &App,
        held: &HeldAccount,
        history: &[ChangeRecord],
        left: Option<Timestamp>,
        sources_read: Option<Timestamp>,
    ) -> LeaverOnApp {
        let closing = history.iter().find(|record| {
            matches!(record.change.operation, Operation::Suspend | Operation::DeleteAccount)
                && matches!(record.state, ChangeState::Done { .. })
        });
        let usable = steps::usable(held, closing);
        let unread = sources_read.is_some_and(|read| held.seen.is_none_or(|seen| seen < read));
        let asked = left.unwrap_or(held.link.since);
        let delete_on = app.delete_after.zip(held.link.suspended_on).and_then(|(days, from)| {
            let on = from.checked_add(Span::new().days(i64::from(days))).ok()?;
            held.link.deleted_on.is_none().then_some(on)
        });
        let mut open = Vec::new();
        if usable {
            let why = steps::why(history, Step::is_suspension).unwrap_or((asked, steps::unplanned(unread, held.seen)));
            open.push(OpenStep::new(Step::Suspend, why));
        }
        open.extend(steps::unfinished(history, held));
        if delete_on.is_some_and(|on| on <= self.today()) && !usable {
            let due = delete_on.and_then(|on| self.dawn(Some(on))).unwrap_or(asked);
            let why = steps::why(history, |operation| *operation == Operation::DeleteAccount);
            open.push(OpenStep::new(Step::Delete, why.unwrap_or((due, steps::unplanned(unread, held.seen)))));
        }
        let closed = closing.filter(|_| !usable).map(|record| record.at);
        let by_hand = app.manual().is_some();
        LeaverOnApp {
            app: app.name.clone(),
            account: held.account.as_ref().map_or(held.link.unique_name.as_str(), |account| &account.unique_name).to_owned(),
            usable,
            open,
            closed,
            closed_after: closed.zip(left).map(|(closed, left)| closed.duration_since(left).as_secs()),
            not_read_back: steps::not_read_back(history, by_hand),
            delete_on,
        }
    }
}
