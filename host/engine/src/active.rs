//! What this process is doing just now: runs under way, and whose turn it is on which app.
//!
//! Several runs may be under way at once, because a leaver does not wait for anything. One person on one app is sequential all the same.

use innkeeper_domain::{AppName, PersonId, RunId};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, watch};
use tokio::time::{Instant, timeout_at};

/// How long everybody else waits for somebody who leaves at once: longer than closing takes where the apps answer, and not so long that an app
/// that rests for an hour stops the rest of the company.
const GIVE_WAY: Duration = Duration::from_secs(5);

type Turns = HashMap<(AppName, PersonId), Arc<tokio::sync::Mutex<()>>>;

/// What this process is doing just now.
#[derive(Default)]
pub(crate) struct Active {
    runs: Mutex<BTreeSet<RunId>>,
    turns: Mutex<Turns>,
    /// Who was offboarded since this process began: what an older plan still has for them is void.
    leaving: Mutex<BTreeSet<PersonId>>,
    urgent: watch::Sender<Urgent>,
}

/// Who is being closed at once.
#[derive(Default)]
struct Urgent {
    people: usize,
    /// Until when the others wait.
    until: Option<Instant>,
}

/// That somebody is being closed at once, for as long as it lasts.
pub(crate) struct Haste(Arc<Active>);

/// A run for as long as it is under way.
pub(crate) struct UnderWay<'a> {
    of: &'a Active,
    run: RunId,
}

/// A person's turn on an app.
pub(crate) struct Turn {
    of: Arc<Active>,
    key: (AppName, PersonId),
    guard: Option<OwnedMutexGuard<()>>,
}

impl Active {
    /// Takes note of a run.
    pub(crate) fn begin(&self, run: &RunId) -> UnderWay<'_> {
        lock(&self.runs).insert(run.clone());
        UnderWay { of: self, run: run.clone() }
    }

    /// Whether this process is carrying a run out.
    pub(crate) fn is_under_way(&self, run: &RunId) -> bool {
        lock(&self.runs).contains(run)
    }

    /// Waits until nobody else works on the person's account.
    pub(crate) async fn turn(self: &Arc<Self>, app: &AppName, person: &PersonId) -> Turn {
        let key = (app.clone(), person.clone());
        let mutex = lock(&self.turns).entry(key.clone()).or_default().clone();
        let guard = mutex.lock_owned().await;
        Turn { of: self.clone(), key, guard: Some(guard) }
    }

    /// From now on everybody else waits, for a while.
    pub(crate) fn haste(self: &Arc<Self>) -> Haste {
        self.urgent.send_modify(|urgent| {
            urgent.people += 1;
            urgent.until = Some(Instant::now() + GIVE_WAY);
        });
        Haste(self.clone())
    }

    /// Waits for whoever is being closed at once: where processor and network are short, they get them first.
    pub(crate) async fn give_way(&self) {
        let mut seen = self.urgent.subscribe();
        let until = seen.borrow().until.filter(|_| seen.borrow().people > 0);
        if let Some(until) = until {
            // Too late is as good as done: nobody waits longer.
            let _ = timeout_at(until, seen.wait_for(|urgent| urgent.people == 0)).await;
        }
    }

    /// From now on older plans give the person nothing.
    pub(crate) fn leaves(&self, person: &PersonId) {
        lock(&self.leaving).insert(person.clone());
    }

    /// The person is welcome again.
    pub(crate) fn returns(&self, person: &PersonId) {
        lock(&self.leaving).remove(person);
    }

    /// Whether the person was offboarded since this process began.
    pub(crate) fn is_leaving(&self, person: &PersonId) -> bool {
        lock(&self.leaving).contains(person)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        lock(&self.of.runs).remove(&self.run);
    }
}

impl Drop for Haste {
    fn drop(&mut self) {
        self.0.urgent.send_modify(|urgent| urgent.people = urgent.people.saturating_sub(1));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.guard = None;
        let mut turns = lock(&self.of.turns);
        // Nobody waits for it if the map has the only one.
        if turns.get(&self.key).is_some_and(|mutex| Arc::strong_count(mutex) == 1) {
            turns.remove(&self.key);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_runs_take_turns_at_a_person_and_nothing_is_left_behind() {
        let active = Arc::new(Active::default());
        let (app, person) = (AppName::new("chat"), PersonId::new("p1"));
        let first = active.turn(&app, &person).await;
        let mut second = Box::pin(active.turn(&app, &person));
        assert!(futures::poll!(&mut second).is_pending());
        drop(active.turn(&app, &PersonId::new("p2")).await);
        drop(active.turn(&AppName::new("mail"), &person).await);
        drop(first);
        drop(second.await);
        assert!(lock(&active.turns).is_empty());
    }

    #[test]
    fn a_run_is_under_way_until_its_end() {
        let (active, run) = (Active::default(), RunId::new("r1"));
        let under_way = active.begin(&run);
        assert!(active.is_under_way(&run));
        drop(under_way);
        assert!(!active.is_under_way(&run));
    }

    #[tokio::test(start_paused = true)]
    async fn the_others_wait_for_somebody_who_leaves_and_not_for_ever() {
        let active = Arc::new(Active::default());
        active.give_way().await;
        let (one, other) = (active.haste(), active.haste());
        let began = Instant::now();
        let mut waiting = Box::pin(active.give_way());
        assert!(futures::poll!(&mut waiting).is_pending());
        drop(one);
        assert!(futures::poll!(&mut waiting).is_pending());
        drop(other);
        waiting.await;
        assert_eq!(began.elapsed(), Duration::ZERO);
        let _rests = active.haste();
        active.give_way().await;
        assert_eq!(began.elapsed(), GIVE_WAY);
        active.give_way().await;
        assert_eq!(began.elapsed(), GIVE_WAY);
    }
}
