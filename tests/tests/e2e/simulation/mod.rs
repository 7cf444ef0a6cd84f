//! Random lifecycles on systems that misbehave, under a clock, a network and moments of death that a seed decides.
//!
//! The engine, the planner, the guard, the journal and the store are the real ones; each system keeps its own journal, and is the judge. A
//! seed that fails prints the command that plays it again.

mod death;
mod invariants;
mod lives;
mod people;
mod saas;
mod time;
mod world;
mod years;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Instant;

const EVERYBODY: &str = "Everybody";

/// One app: groups by department.
const CONFIGURATION: &str = r#"
[source.hr]
connector = "csv"
path = "people.csv"
key = "employeeNumber"
vanish-after = "0s"

[guard]
max-percent = 100

[app.crm]
connector = "crm"
mode = "enforce"
match = ["userName"]
leaver = { delete-after = "3d" }

[app.crm.account]
userName = "person.userName"
title = "person.title"

[role.everybody]
when = "person.active"
grants = ["crm:group/Everybody"]

[role.sales]
when = "person.department == 'Sales'"
grants = ["crm:group/Sales"]

[role.engineering]
when = "person.department == 'Engineering'"
grants = ["crm:group/Engineering"]
"#;

/// A second app for the same people, which comes after the first, with fewer seats than people who may have one.
const ADDED_CHAT: &str = r#"
[app.chat]
connector = "chat"
mode = "enforce"
match = ["userName"]
needs = ["crm"]
leaver = { delete-after = "2d" }

[app.chat.account]
userName = "person.userName"
title = "person.title"

[role.chat]
when = "person.active"
grants = ["chat:group/Everybody"]

[role.pro]
when = "person.department == 'Sales'"
grants = ["chat:licence/Pro"]
"#;

/// What has to happen now and then, for the lives to prove anything.
const TROUBLES: [&str; 16] = [
    "429",
    "503",
    "a listing was empty",
    "a request was delivered twice",
    "a request was lost",
    "an account was there that no listing showed",
    "an answer to something done was lost",
    "an answer was lost",
    "an item moved between pages",
    "somebody else deleted an account",
    "something old was shown",
    "the engine died",
    "the system was down",
    "the token expired",
    "there was no seat",
    "there were more people than seats",
];

/// Which lives: `SIMULATION_SEED` plays one, `SIMULATION_LIVES` as many as are wanted, `SIMULATION_FROM` this seed on.
fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    match number("SIMULATION_SEED") {
        Some(seed) => vec![seed],
        None => {
            let from = number("SIMULATION_FROM").unwrap_or(1);
            (from..from + number("SIMULATION_LIVES").unwrap_or(20)).collect()
        }
    }
}

/// Plays something under a clock that stands still but for those who wait.
fn play<T>(life: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
    runtime.block_on(life)
}

#[test]
#[expect(clippy::print_stdout, reason = "who plays a thousand lives wants to know what was in them")]
fn random_lives_on_a_system_that_misbehaves_come_to_rest_and_the_system_saw_nothing_twice() {
    let mut happened: BTreeMap<&'static str, usize> = BTreeMap::new();
    let (seeds, began, mut failed) = (seeds(), Instant::now(), Vec::new());
    for &seed in &seeds {
        let lived = std::panic::catch_unwind(|| play(lives::live(seed)));
        match lived {
            Ok(world) => lives::tell(&world, |what, times| *happened.entry(what).or_default() += times),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
                let again = format!("SIMULATION_SEED={seed} cargo nextest run --workspace -E 'test(random_lives)'");
                let failure = format!("seed {seed}: {}\nagain: {again}", text.unwrap_or("it panicked"));
                println!("{failure}");
                failed.push(failure);
            }
        }
    }
    println!("{} lives in {:.1} s: {happened:#?}", seeds.len(), began.elapsed().as_secs_f64());
    assert!(failed.is_empty(), "{} of {} lives failed\n{}", failed.len(), seeds.len(), failed.join("\n"));
    if seeds.len() >= 20 {
        let never: Vec<&str> =
            TROUBLES.into_iter().filter(|trouble| happened.get(trouble).is_none_or(|times| *times == 0)).collect();
        assert!(never.is_empty(), "this never happened: {never:?}");
    }
}

#[test]
fn what_our_own_changes_take_away_in_one_day_is_no_reason_to_doubt_a_listing() {
    play(lives::many_leave_in_one_day());
}
