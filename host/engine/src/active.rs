//! What this process is doing just now: runs under way, and whose turn it is on which app.
//!
//! Several runs may be under way at once, because a leaver does not wait for anything. One person on one app is sequential all the same.

use innkeeper_domain::{AppName, PersonId, RunId};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OwnedMutexGuard;

type Turns = HashMap<(AppName, PersonId), Arc<tokio::sync::Mutex<()>>>;

/// What this process is doing just now.
#[derive(Default)]
pub(crate) struct Active {
    runs: Mutex<BTreeSet<RunId>>,
    turns: Mutex<Turns>,
    /// Who was offboarded since this process began: what an older plan still has for them is void.
    leaving: Mutex<BTreeSet<PersonId>>,
}

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
}
