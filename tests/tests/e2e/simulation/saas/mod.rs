//! A system in memory that misbehaves by chance, and remembers all that it was asked: the judge.

mod character;
mod serve;
mod state;
mod trouble;

pub(super) use character::{Character, group, licence};
pub(super) use state::{Content, Seen, State, by_hand};

use super::death::Death;
use super::time::Time;
use innkeeper_domain::Grant;
use innkeeper_tests::dice::Dice;
use jiff::SignedDuration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How old what a system shows may be while it lags, in seconds: not at all, less than the engine's first wait, and longer than all of them.
const LAGS: [i64; 3] = [0, 1, 90];

/// The system.
pub(super) struct Saas {
    pub(super) character: Character,
    seed: u64,
    state: Mutex<State>,
    time: Time,
    death: Arc<Death>,
}

impl Saas {
    /// A system with one account that nobody but its owner may touch.
    pub(super) fn new(character: Character, seed: u64, time: Time, death: Arc<Death>) -> Self {
        let mut state = State { days: Some(Dice::new(seed)), seats: 2, ..State::default() };
        let account = state.add(BYSTANDER, by_hand()).id;
        let holder = innkeeper_domain::Holder::Account(account);
        state.content.held.insert(Grant { entitlement: group(character.groups[0]), holder });
        state.remember(time.now());
        Self { character, seed, state: Mutex::new(state), time, death }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on one request in so many goes wrong, and what is shown may be old.
    pub(super) fn misbehave(&self, one_in: u64) {
        let mut state = self.state();
        (state.trouble, state.locked_out) = (one_in, 0);
        let lag = match state.days.as_mut().filter(|_| self.character.lags) {
            Some(dice) => LAGS[dice.place(LAGS.len())],
            None => 0,
        };
        state.lag = SignedDuration::from_secs(lag);
        state.strangers = u32::from(state.days.as_mut().is_some_and(|dice| dice.once_in(3)));
    }

    /// From now on all is well: what was hidden is shown, and strangers give their seats back.
    pub(super) fn recover(&self) {
        let mut state = self.state();
        (state.trouble, state.locked_out, state.down_in, state.strangers) = (0, 0, None, 0);
        state.lag = SignedDuration::ZERO;
        state.unseen.clear();
    }

    /// After so many more requests the system is down.
    pub(super) fn fall(&self, requests: u64) {
        self.state().down_in = Some(requests);
    }

    /// Somebody buys a seat.
    pub(super) fn buy(&self) {
        self.state().seats += 1;
    }

    /// Somebody makes this account by hand, and no listing and no search shows it yet.
    pub(super) fn plant(&self, name: &str) {
        let now = self.time.now();
        let mut state = self.state();
        let account = state.add(name, by_hand());
        state.unseen.insert(account.id);
        state.remember(now);
    }

    /// Somebody deletes this account by hand.
    pub(super) fn weed(&self, name: &str) {
        let now = self.time.now();
        let mut state = self.state();
        if let Some(id) = state.named(name).map(|account| account.id.clone()) {
            state.remove(&id);
            state.count("somebody else deleted an account");
            state.remember(now);
        }
    }
}

/// An account that is nobody's business.
pub(super) const BYSTANDER: &str = "root@acme.example";
