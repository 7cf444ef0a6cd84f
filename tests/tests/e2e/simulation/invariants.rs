//! What always holds, whatever the systems and the seed do.

use super::EVERYBODY;
use super::saas::{BYSTANDER, Content, Saas, Seen, State, group, licence};
use super::world::World;
use innkeeper_domain::{
    Account, AccountId, AccountStatus, Change, ChangeRecord, Class, Grant, Holder, IntentId, Operation, PersonId, RunId,
};
use innkeeper_store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// Nobody who has left can use an account.
pub(super) fn closed(world: &World, saas: &Saas) -> Result<(), String> {
    let (today, state) = (world.today(), saas.state());
    for somebody in world.people.0.values().filter(|somebody| somebody.has_left(today)) {
        if state.named(&somebody.name).is_some_and(|account| account.status == AccountStatus::Active) {
            return Err(format!("{somebody:?} has left and is open on {}", saas.character.name));
        }
    }
    Ok(())
}

/// Everybody has on one system what they should have, and nobody else has anything.
pub(super) fn right(world: &World, saas: &Saas) -> Result<(), String> {
    closed(world, saas)?;
    let (today, mut state, character) = (world.today(), saas.state(), &saas.character);
    let (mut entitled, mut seated) = (0, 0);
    for somebody in world.people.0.values() {
        let on = format!("{somebody:?} on {}", character.name);
        if somebody.has_left(today) {
            continue;
        }
        let account = state.named(&somebody.name).ok_or_else(|| format!("{on} has no account"))?;
        if account.status != AccountStatus::Active {
            return Err(format!("{on} is {}", account.status));
        }
        let title = account.attributes.get("title").and_then(|values| values.first()).map(|value| value.scalar.to_string());
        if title != Some(format!("Title {}", somebody.title)) {
            return Err(format!("{on} has the title {title:?}"));
        }
        for name in character.groups {
            if state.holds(&account.id, &group(name)) != (*name == EVERYBODY || *name == somebody.department) {
                return Err(format!("{on} and {name}: one holds it who should not, or the other way round"));
            }
        }
        if let Some(name) = character.licence {
            let (may, has) = (somebody.department == "Sales", state.holds(&account.id, &licence(name)));
            (entitled, seated) = (entitled + u32::from(may), seated + u32::from(has));
            if has && !may {
                return Err(format!("{on} has a seat and should not, after {:#?}", writes_on(&state, &account.id)));
            }
        }
    }
    if character.licence.is_some() && entitled > state.seats {
        state.count("there were more people than seats");
    }
    if character.licence.is_some() && seated != entitled.min(state.seats) {
        return Err(format!(
            "{seated} have a seat on {}, of {entitled} who may and {} that there are",
            character.name, state.seats
        ));
    }
    bystander(saas, &state.content)
}

/// What was ever asked for an account.
fn writes_on(state: &State, account: &AccountId) -> Vec<String> {
    let about = |seen: &&Seen| seen.write.as_ref().is_some_and(|what| what.contains(account.as_str()));
    let tell = |seen: &Seen| {
        let Seen { at, write, answered, applied, delivered_again, .. } = seen;
        format!("{at} {} answered {answered} applied {applied} again {delivered_again}", write.as_deref().unwrap_or_default())
    };
    state.journal.iter().filter(about).map(tell).collect()
}

/// What is nobody's business is as it was on the first day.
fn bystander(saas: &Saas, content: &Content) -> Result<(), String> {
    let accounts: Vec<&Account> = content.accounts.values().filter(|account| account.unique_name == BYSTANDER).collect();
    let [account] = accounts.as_slice() else { return Err(format!("{BYSTANDER} is not there once: {accounts:?}")) };
    let holder = Holder::Account(account.id.clone());
    let held: Vec<&Grant> = content.held.iter().filter(|grant| grant.holder == holder).collect();
    let untouched = account.status == AccountStatus::Active
        && account.attributes == super::saas::by_hand()
        && held.iter().map(|grant| &grant.entitlement).eq([&group(saas.character.groups[0])]);
    if untouched { Ok(()) } else { Err(format!("{account:?} with {held:?} is nobody's business")) }
}

/// Every change of every approved plan.
pub(super) async fn journal(store: &dyn Store) -> Vec<ChangeRecord> {
    let mut journal = Vec::new();
    for run in store.runs(usize::MAX).await.expect("runs") {
        let (_, records) = store.run(&run.id).await.expect("a run").expect("it is there");
        journal.extend(records);
    }
    journal
}

/// What one system saw: nothing twice, nothing blindly again, nothing that no approved plan named, and leavers first.
pub(super) fn assert_judged(saas: &Saas, journal: &[ChangeRecord]) {
    let of_app = journal.iter().filter(|record| record.app.as_str() == saas.character.name);
    let approved: BTreeMap<&IntentId, &ChangeRecord> = of_app.map(|record| (&record.intent, record)).collect();
    let state = saas.state();
    let mut open: BTreeMap<&IntentId, usize> = BTreeMap::new();
    let mut firsts: BTreeMap<&IntentId, usize> = BTreeMap::new();
    for (at, seen) in state.journal.iter().enumerate() {
        let Seen { write: Some(what), intent: Some(intent), answered, .. } = seen else { continue };
        let planned = &approved.get(intent).unwrap_or_else(|| panic!("no plan named `{what}`")).change;
        assert_eq!(what.split(' ').next(), Some(word(&planned.operation)), "{planned:?}");
        if seen.delivered_again {
            continue;
        }
        firsts.entry(intent).or_insert(at);
        if let Some(before) = open.remove(intent) {
            let looked = state.journal[before + 1..at].iter().any(|between| between.write.is_none() && between.answered);
            assert!(looked, "`{what}` was sent again without a look (requests {before} and {at})");
        }
        // Ending sessions leaves nothing that could be looked at, and doing it twice is doing it once.
        if !answered && planned.operation != Operation::RevokeSessions {
            open.insert(intent, at);
        }
    }
    assert!(state.made_twice.is_empty(), "accounts that were there were made again: {:?}", state.made_twice);
    assert_leavers_first(&approved, &firsts, &state.journal);
    let mut names: Vec<&str> = state.content.accounts.values().map(|account| account.unique_name.as_str()).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "somebody has two accounts: {names:?}");
}

/// In every run, whoever is closed is closed before anything is done for anybody else.
fn assert_leavers_first(approved: &BTreeMap<&IntentId, &ChangeRecord>, firsts: &BTreeMap<&IntentId, usize>, journal: &[Seen]) {
    let mut runs: BTreeMap<&RunId, Vec<(&Change, usize)>> = BTreeMap::new();
    for (intent, at) in firsts {
        let record = approved[*intent];
        runs.entry(&record.run).or_default().push((&record.change, *at));
    }
    let mut by_run: BTreeMap<&RunId, Vec<&Change>> = BTreeMap::new();
    for record in approved.values() {
        by_run.entry(&record.run).or_default().push(&record.change);
    }
    for (run, sent) in runs {
        let of_class = |wanted: &[Class]| -> BTreeSet<&PersonId> {
            let fits = by_run[run].iter().filter(|change| wanted.contains(&change.operation.class()));
            fits.map(|change| &change.person).collect()
        };
        let made = of_class(&[Class::Create]);
        let leaving: BTreeSet<&PersonId> = of_class(&[Class::Suspend, Class::Delete]).difference(&made).copied().collect();
        let suspended =
            sent.iter().filter(|(change, _)| leaving.contains(&change.person) && change.operation == Operation::Suspend);
        let others = sent.iter().filter(|(change, _)| !leaving.contains(&change.person));
        if let (Some((leaver, last)), Some((other, first))) =
            (suspended.max_by_key(|(_, at)| *at), others.min_by_key(|(_, at)| *at))
        {
            assert!(last < first, "{} was closed after {:?}: {:?}", leaver.label, other.operation, &journal[*first..=*last]);
        }
    }
}

/// How the system calls it.
fn word(operation: &Operation) -> &'static str {
    match operation {
        Operation::CreateAccount { .. } => "create",
        Operation::UpdateAccount { .. } => "update",
        Operation::Suspend => "suspended",
        Operation::Reactivate => "active",
        Operation::RevokeSessions => "sign",
        Operation::DeleteAccount => "delete",
        Operation::Grant { .. } => "grant",
        Operation::Revoke { .. } => "revoke",
        Operation::TransferOwnership { .. } | Operation::Adopt | Operation::AssumeGrant { .. } => "nothing",
    }
}
