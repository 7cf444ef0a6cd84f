//! What was seen on the app, indexed: accounts by id, and what each holds. Everything is sorted, so that the order of the
//! listings does not matter.

use crate::positions::{Positions, leading};
use innkeeper_domain::{Account, AccountId, AccountStatus, AppSnapshot, Entitlement, EntitlementKey, Holder};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// One entitlement that was listed or that somebody holds.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) key: &'a EntitlementKey,
    /// None if it is known from a grant alone.
    pub(crate) listed: Option<&'a Entitlement>,
}

impl Known<'_> {
    /// How people call it.
    pub(crate) fn name(&self) -> &str {
        self.listed.map_or(self.key.id.as_str(), |entitlement| entitlement.name.as_str())
    }
}

/// That an account holds an entitlement, in half the room: they are read account by account, which lie anywhere among them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Held(u32);

impl Held {
    const OWNED: u32 = 1 << 31;

    fn new(entitlement: u32) -> Self {
        debug_assert!(entitlement < Self::OWNED);
        Self(entitlement)
    }

    /// The position in [`Observed::entitlements`].
    pub(crate) fn entitlement(self) -> u32 {
        self.0 & !Self::OWNED
    }

    /// Whether the rules gave it.
    pub(crate) fn owned(self) -> bool {
        self.0 & Self::OWNED != 0
    }

    fn own(&mut self) {
        self.0 |= Self::OWNED;
    }
}

pub(crate) struct Observed<'a> {
    /// The accounts that exist, by id.
    pub(crate) accounts: Vec<&'a Account>,
    /// Where their ids lie.
    addresses: Vec<usize>,
    /// The accounts that are gone and of which the app keeps a record: deleted ones, and invitations that came to nothing.
    gone: HashMap<&'a AccountId, &'a Account>,
    /// All entitlements, by key.
    pub(crate) entitlements: Vec<Known<'a>>,
    /// Where each account's part of `held` begins; one more than there are accounts.
    starts: Vec<u32>,
    held: Vec<Held>,
}

impl<'a> Observed<'a> {
    pub(crate) fn new(snapshot: &'a AppSnapshot, owned: &BTreeSet<(AccountId, EntitlementKey)>) -> Self {
        let (accounts, addresses, ranks) = existing(&snapshot.accounts.content);
        let gone = snapshot.accounts.content.iter().filter(|account| account.status == AccountStatus::Gone);
        let gone = gone.map(|account| (&account.id, account)).collect();
        let (entitlements, pairs) = grants(snapshot, &ranks);
        let (starts, held) = by_account(accounts.len(), &pairs);
        let mut observed = Self { accounts, addresses, gone, entitlements, starts, held };
        observed.mark(owned);
        observed
    }

    /// What the app still knows of an account that is gone.
    pub(crate) fn gone(&self, id: &AccountId) -> Option<&'a Account> {
        self.gone.get(id).copied()
    }

    /// How the id of an account compares with another. Accounts lie anywhere in memory, and in most cases nothing of this one has to be read.
    pub(crate) fn compare(&self, account: usize, id: &AccountId) -> Ordering {
        match self.addresses[account] == id.as_text().address() {
            true => Ordering::Equal,
            false => self.accounts[account].id.cmp(id),
        }
    }

    /// The entitlement of this key, if it was listed.
    pub(crate) fn entitlement(&self, key: &EntitlementKey) -> Option<&'a Entitlement> {
        let position = self.entitlements.binary_search_by(|known| known.key.cmp(key)).ok()?;
        self.entitlements[position].listed
    }

    /// What an account holds, by entitlement, each once.
    pub(crate) fn held(&self, account: usize) -> &[Held] {
        &self.held[self.starts[account] as usize..self.starts[account + 1] as usize]
    }

    /// Marks the grants that the rules gave: both sides are sorted by account and key.
    fn mark(&mut self, owned: &BTreeSet<(AccountId, EntitlementKey)>) {
        let mut owned = owned.iter().peekable();
        for account in 0..self.accounts.len() {
            for at in self.starts[account] as usize..self.starts[account + 1] as usize {
                let this = self.entitlements[self.held[at].entitlement() as usize].key;
                loop {
                    match owned.peek().map(|(id, key)| self.compare(account, id).then_with(|| this.cmp(key))) {
                        Some(Ordering::Greater) => drop(owned.next()),
                        // Each is held once, so nothing else will ask for it.
                        Some(Ordering::Equal) => {
                            self.held[at].own();
                            owned.next();
                            break;
                        }
                        Some(Ordering::Less) | None => break,
                    }
                }
            }
        }
    }
}

/// The accounts without those that are gone, by id, where their ids lie, and where each of the listing came to be among them. A page that came
/// twice does not make two accounts.
fn existing(listing: &[Account]) -> (Vec<&Account>, Vec<usize>, Vec<Option<u32>>) {
    let there = listing.iter().enumerate().filter(|(_, account)| account.status != AccountStatus::Gone);
    let mut sorted: Vec<_> = there.map(|(at, account)| (leading(account.id.as_str()), at as u32, account)).collect();
    let rest = |account: &Account| (account.unique_name.clone(), account.status, account.version.clone());
    sorted.sort_by(|(one, _, left), (other, _, right)| {
        let by_id = one.cmp(other).then_with(|| left.id.cmp(&right.id));
        by_id.then_with(|| rest(left).cmp(&rest(right)).then_with(|| left.attributes.cmp(&right.attributes)))
    });
    sorted.dedup_by(|(one, _, next), (other, _, kept)| one == other && next.id == kept.id);
    let mut ranks = vec![None; listing.len()];
    for (rank, (_, at, _)) in sorted.iter().enumerate() {
        ranks[*at as usize] = Some(rank as u32);
    }
    let mut addresses = vec![0; sorted.len()];
    for (account, rank) in listing.iter().zip(&ranks) {
        if let Some(rank) = rank {
            addresses[*rank as usize] = account.id.as_text().address();
        }
    }
    (sorted.into_iter().map(|(_, _, account)| account).collect(), addresses, ranks)
}

/// All entitlements by key, and the pairs of account and entitlement.
fn grants<'a>(snapshot: &'a AppSnapshot, ranks: &[Option<u32>]) -> (Vec<Known<'a>>, Vec<(u32, u32)>) {
    let mut found: Vec<Known<'a>> = Vec::new();
    let mut positions: HashMap<&EntitlementKey, u32> = HashMap::new();
    for entitlement in &snapshot.entitlements.content {
        let position = *positions.entry(&entitlement.key).or_insert_with(|| {
            found.push(Known { key: &entitlement.key, listed: Some(entitlement) });
            found.len() as u32 - 1
        });
        let known = &mut found[position as usize];
        known.listed = known.listed.into_iter().chain([entitlement]).min_by_key(|listed| (&listed.name, listed.assignable));
    }
    let mut pairs = Vec::with_capacity(snapshot.grants.content.len());
    if !snapshot.grants.content.is_empty() {
        // In the order of the listing, in which they lie in memory.
        let listed = snapshot.accounts.content.iter().zip(ranks);
        let by_id = Positions::new(listed.filter_map(|(account, rank)| Some((account.id.as_text(), (*rank)?))));
        // Grants come account by account or entitlement by entitlement: what was looked up last is often needed again.
        let (mut last_account, mut last_entitlement) = (None, None);
        for grant in &snapshot.grants.content {
            let Holder::Account(id) = &grant.holder else { continue };
            let account = match last_account {
                Some((last, account)) if last == id.as_text().address() => account,
                _ => by_id.of(id.as_text()),
            };
            last_account = Some((id.as_text().address(), account));
            let Some(account) = account else { continue };
            let entitlement = match last_entitlement {
                Some((last, entitlement)) if last == &grant.entitlement => entitlement,
                _ => *positions.entry(&grant.entitlement).or_insert_with(|| {
                    found.push(Known { key: &grant.entitlement, listed: None });
                    found.len() as u32 - 1
                }),
            };
            last_entitlement = Some((&grant.entitlement, entitlement));
            pairs.push((account, entitlement));
        }
    }
    let mut order: Vec<u32> = (0..found.len() as u32).collect();
    order.sort_unstable_by_key(|&position| found[position as usize].key);
    let mut ranks = vec![0; found.len()];
    for (rank, &position) in order.iter().enumerate() {
        ranks[position as usize] = rank as u32;
    }
    for (_, entitlement) in &mut pairs {
        *entitlement = ranks[*entitlement as usize];
    }
    (order.iter().map(|&position| found[position as usize]).collect(), pairs)
}

/// The pairs grouped by account, each group sorted and without repetition.
fn by_account(accounts: usize, pairs: &[(u32, u32)]) -> (Vec<u32>, Vec<Held>) {
    // Where the group of each account ends, and then, counted down while it is filled, where it begins.
    let mut starts = vec![0u32; accounts + 1];
    for (account, _) in pairs {
        starts[*account as usize] += 1;
    }
    let mut end = 0;
    for start in &mut starts {
        end += *start;
        *start = end;
    }
    let mut held = vec![Held::new(0); pairs.len()];
    for (account, entitlement) in pairs {
        let start = &mut starts[*account as usize];
        *start -= 1;
        held[*start as usize] = Held::new(*entitlement);
    }
    // Sorted in its place, and moved up to where what came twice has left room.
    let mut kept = 0;
    for account in 0..accounts {
        let (start, end) = (starts[account] as usize, starts[account + 1] as usize);
        starts[account] = kept as u32;
        held[start..end].sort_unstable();
        for at in start..end {
            if kept == starts[account] as usize || held[kept - 1] != held[at] {
                held[kept] = held[at];
                kept += 1;
            }
        }
    }
    starts[accounts] = kept as u32;
    held.truncate(kept);
    (starts, held)
}
