//! A life: days on which people come, move and go while the systems misbehave and the engine dies, and evenings on which all is right.

use super::invariants::{assert_judged, closed, journal, right};
use super::saas::{Saas, Seen, State};
use super::world::{Once, World};
use jiff::{SignedDuration, ToSpan};

/// How many days a company lives.
const DAYS: u32 = 8;

/// How many times a day it is tried to put everything right while the systems misbehave; after that they are well.
const TRIES: usize = 3;

/// One request in so many goes wrong.
const TROUBLE: u64 = 8;

/// How long after the systems are well somebody who has left may still be open.
const DEADLINE: SignedDuration = SignedDuration::from_mins(5);

/// How long the systems have been well when it is evening.
const REST: SignedDuration = SignedDuration::from_mins(30);

/// How many times it is tried when all is well, until nothing is left to do.
const CALM_TRIES: usize = 5;

/// From the seed to the end.
pub(super) async fn live(seed: u64) -> World {
    let mut world = World::new(seed);
    for _ in 0..DAYS {
        morning(&mut world);
        misbehaviour(&mut world).await;
        evening(&mut world).await;
        world.time.pass(SignedDuration::from_hours(24));
    }
    let store = world.store().await;
    let journal = journal(store.as_ref()).await;
    for saas in world.systems() {
        assert_judged(saas, &journal);
    }
    let verdict = store.verify_audit().await.expect("read");
    assert_eq!(verdict.broken, None, "the audit log does not hold together");
    world
}

/// What happens in a company on one day, and what people do by hand on the systems.
fn morning(world: &mut World) {
    let today = world.today();
    let came = world.people.day(&mut world.dice, today);
    world.export();
    for name in came {
        // Somebody was quicker than the engine, and nothing shows it.
        if world.dice.once_in(8) {
            let place = world.dice.place(2);
            world.systems()[place].plant(&name);
        }
    }
    if world.dice.once_in(4) {
        let names: Vec<String> = world.people.0.values().map(|somebody| somebody.name.clone()).collect();
        let (place, name) = (world.dice.place(2), world.dice.place(names.len()));
        world.systems()[place].weed(&names[name]);
    }
    if world.dice.once_in(4) {
        world.chat.buy();
    }
}

/// The systems misbehave, one is perhaps down, and the engine dies now and then.
async fn misbehaviour(world: &mut World) {
    let [crm, chat] = world.systems().map(Clone::clone);
    for saas in [&crm, &chat] {
        saas.misbehave(TROUBLE);
    }
    let down = world.dice.once_in(4);
    if down {
        chat.fall(1 + world.dice.below(40));
    }
    for _ in 0..TRIES {
        let (place, requests) = (world.dice.place(2), world.dice.below(40));
        let at = world.systems()[place].character.name;
        let dies = world.dice.once_in(3).then_some((at, requests));
        world.death.comes_in(dies);
        world.once().await;
        world.time.pass(SignedDuration::from_mins(i64::try_from(world.dice.below(60)).unwrap_or(1)));
    }
    world.death.comes_in(None);
    if down {
        // One system is well again and the other is not: that is no reason to wait for it.
        crm.recover();
        chat.fall(1);
        let mut left = Ok(());
        for _ in 0..CALM_TRIES {
            world.once().await;
            left = right(world, &crm);
            if left.is_ok() {
                break;
            }
        }
        if let Err(wrong) = left {
            panic!("one system is down, and on the other {wrong}");
        }
    }
}

/// All is well: leavers are closed at once, everything is right within a few tries, and stays so.
async fn evening(world: &mut World) {
    let systems = world.systems().map(Clone::clone);
    systems.iter().for_each(|saas| saas.recover());
    world.time.pass(REST);
    let well = world.time.now();
    let mut ended = world.once().await;
    for saas in &systems {
        if let Err(wrong) = closed(world, saas) {
            panic!("after a run that nothing disturbed, {wrong}");
        }
    }
    for _ in 1..CALM_TRIES {
        if matches!(ended, Once::AtRest) {
            break;
        }
        ended = world.once().await;
    }
    let Once::AtRest = ended else { panic!("it does not come to rest: {}", what(&ended)) };
    for saas in &systems {
        if let Err(wrong) = right(world, saas) {
            panic!("{wrong}");
        }
        let state = saas.state();
        let late = state.journal.iter().find(|seen| seen.applied && seen.at > well + DEADLINE && closes(seen));
        assert!(late.is_none(), "somebody was open for longer than {DEADLINE}: {late:?}");
    }
}

fn closes(seen: &Seen) -> bool {
    seen.write.as_ref().is_some_and(|what| what.starts_with("suspended"))
}

fn what(ended: &Once) -> String {
    match ended {
        Once::AtRest => "at rest".into(),
        Once::Blind => "something could not be read".into(),
        Once::Died => "the engine died".into(),
        Once::Applied(report) => {
            let changes = report.changes.iter();
            changes.map(|change| format!("\n  {} {:?} {:?}", change.app, change.change.operation, change.state)).collect()
        }
    }
}

/// What a life had in it.
pub(super) fn tell(world: &World, mut count: impl FnMut(&'static str, usize)) {
    count("the engine died", world.deaths);
    let each = |saas: &Saas, count: &mut dyn FnMut(&'static str, usize)| {
        let state: &State = &saas.state();
        let writes = state.journal.iter().filter(|seen| seen.write.is_some());
        count("a write arrived", writes.clone().count());
        count("an answer to something done was lost", writes.filter(|seen| seen.applied && !seen.answered).count());
        state.troubles.iter().for_each(|(trouble, times)| count(trouble, *times));
    };
    world.systems().into_iter().for_each(|saas| each(saas, &mut count));
}

/// What our own changes take away in one day is no reason to doubt a listing: seed 270 of an earlier simulation, in short.
pub(super) async fn many_leave_in_one_day() {
    let mut world = World::new(270);
    for number in 0..10 {
        world.people.hire(["Sales", "Engineering"][number % 2]);
    }
    let work = async |world: &mut World| {
        world.export();
        for _ in 0..CALM_TRIES {
            if matches!(world.once().await, Once::AtRest) {
                return;
            }
        }
        panic!("it does not come to rest");
    };
    work(&mut world).await;
    let today = world.today();
    for somebody in world.people.0.values_mut().take(6) {
        somebody.last = today.checked_sub(1.days()).ok();
    }
    work(&mut world).await;
    world.time.pass(SignedDuration::from_hours(4 * 24));
    work(&mut world).await;
    for saas in world.systems() {
        right(&world, saas).expect("right");
        assert_eq!(saas.state().content.accounts.len(), 4 + 1, "who left is deleted, and the bystander is there");
    }
}
