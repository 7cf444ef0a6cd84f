//! What a system knows, and what it shows of it.

use innkeeper_domain::{Account, AccountId, AccountStatus, Attributes, EntitlementKey, Grant, Holder, IntentId, Seats, Value};
use innkeeper_tests::dice::Dice;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One request as the system saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// When it arrived.
    pub(crate) at: Timestamp,
    /// What a write does, and to whom; none for a read.
    pub(crate) write: Option<String>,
    /// The mark of the write.
    pub(crate) intent: Option<IntentId>,
    /// Whether the client knows what came of it.
    pub(crate) answered: bool,
    /// Whether it was carried out.
    pub(crate) applied: bool,
    /// Whether the network delivered it a second time; nobody sent it again.
    pub(crate) delivered_again: bool,
}

/// The accounts and who holds what.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Content {
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    pub(crate) held: BTreeSet<Grant>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) content: Content,
    pub(crate) journal: Vec<Seen>,
    /// How often which trouble was made.
    pub(crate) troubles: BTreeMap<&'static str, usize>,
    /// Accounts that the engine made.
    pub(super) ours: BTreeSet<AccountId>,
    /// Whether what arrives is the same request once more, by no fault of its sender.
    pub(super) repeating: bool,
    /// Accounts that the engine made and wanted to make again, with the time.
    pub(crate) made_twice: Vec<(Timestamp, String)>,
    /// Seats of the licence, and how many of them somebody has whom nobody knows.
    pub(crate) seats: u32,
    pub(crate) strangers: u32,
    /// One request in so many goes wrong; 0: none.
    pub(super) trouble: u64,
    /// How many more requests are refused for their credential.
    pub(super) locked_out: u64,
    /// After so many more requests the system is down.
    pub(super) down_in: Option<u64>,
    /// Accounts that neither listings nor searches show yet.
    pub(super) unseen: BTreeSet<AccountId>,
    /// How old what listings and searches show is.
    pub(super) lag: SignedDuration,
    /// What there was, since when.
    pub(super) past: VecDeque<(Timestamp, Content)>,
    pub(super) made: u64,
    /// The chance of the days.
    pub(super) days: Option<Dice>,
    /// The chance of the request that is being served.
    pub(super) dice: Option<Dice>,
    /// How often each request has come.
    pub(super) asked: BTreeMap<String, u64>,
}

impl State {
    /// From now on chance is that of this request. It depends on what is asked and how often it was asked before, and not on what others
    /// ask meanwhile, so that a life is the same again although threads are not.
    pub(super) fn serve(&mut self, seed: u64, what: &str) {
        let times = self.asked.entry(what.to_owned()).or_default();
        *times += 1;
        // FNV-1a: any hash that is the same on every machine.
        let hash =
            what.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        self.dice = Some(Dice::new(hash ^ seed.rotate_left(17) ^ times.rotate_left(40)));
    }

    /// Whether something happens that happens once in so many times while the system is in trouble.
    pub(super) fn odd(&mut self, times: u64) -> bool {
        let trouble = self.trouble;
        trouble > 0 && self.dice.as_mut().is_some_and(|dice| dice.once_in(times * trouble))
    }

    pub(crate) fn count(&mut self, trouble: &'static str) {
        *self.troubles.entry(trouble).or_default() += 1;
    }

    /// Remembers what there is from now on.
    pub(super) fn remember(&mut self, now: Timestamp) {
        if self.past.back().is_none_or(|(_, last)| *last != self.content) {
            self.past.push_back((now, self.content.clone()));
        }
        // What is older than the longest lag is shown by nobody, but the last of it.
        while self.past.len() > 1 && self.past[1].0 < now - SignedDuration::from_mins(5) {
            self.past.pop_front();
        }
    }

    /// What listings and searches show.
    pub(super) fn shown(&mut self, now: Timestamp) -> Content {
        let then = now - self.lag;
        let mut shown = match self.lag.is_zero() {
            true => self.content.clone(),
            false => {
                self.past.iter().rev().find(|(since, _)| *since <= then).map(|(_, content)| content.clone()).unwrap_or_default()
            }
        };
        if shown != self.content {
            self.count("something old was shown");
        }
        shown.accounts.retain(|id, _| !self.unseen.contains(id));
        shown.held.retain(|grant| !matches!(&grant.holder, Holder::Account(id) if self.unseen.contains(id)));
        shown
    }

    pub(super) fn add(&mut self, name: &str, attributes: Attributes) -> Account {
        self.made += 1;
        let id = AccountId::new(format!("id{:05}", self.made));
        let account = Account {
            id: id.clone(),
            unique_name: name.into(),
            status: AccountStatus::Active,
            attributes,
            version: None,
            invitation: None,
        };
        self.content.accounts.insert(id, account.clone());
        account
    }

    pub(super) fn remove(&mut self, id: &AccountId) -> bool {
        self.content.held.retain(|grant| grant.holder != Holder::Account(id.clone()));
        self.unseen.remove(id);
        self.content.accounts.remove(id).is_some()
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Account> {
        self.content.accounts.values().find(|account| account.unique_name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn holds(&self, account: &AccountId, entitlement: &EntitlementKey) -> bool {
        self.content.held.contains(&Grant { entitlement: entitlement.clone(), holder: Holder::Account(account.clone()) })
    }

    pub(super) fn seats_of(&self, entitlement: &EntitlementKey) -> Seats {
        let held = self.content.held.iter().filter(|grant| grant.entitlement == *entitlement).count();
        Seats { total: Some(self.seats), used: self.strangers + u32::try_from(held).unwrap_or(u32::MAX) }
    }
}

/// The attributes of an account that somebody made by hand.
pub(crate) fn by_hand() -> Attributes {
    Attributes::from([("title".into(), vec![Value::plain("made by hand")])])
}
