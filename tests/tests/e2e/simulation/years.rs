//! Two years of a company, under a clock of our own: what was played, what the system saw, what the reports say, and what the audit log proves
//! are the same. In the second year one app takes the place of another, for everybody.

use super::saas::{BYSTANDER, Character, Saas};
use super::time::Time;
use super::world::{Around, folder};
use super::{CONFIGURATION, play};
use innkeeper_domain::AccountStatus;
use innkeeper_engine::{Approval, Engine, Override, Parts, Patience, PlanRequest, Quiet, SwapRequest};
use innkeeper_policy::{Configuration, SourceFile};
use innkeeper_store::{AuditEvent, SqliteStore, Store};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many people come on one day when another company is bought.
const BOUGHT: u32 = 60;

/// In this week it is decided that `talk` takes the place of `chat`.
const SWAPPED: u32 = 60;

/// The two apps of the swap, beside the one of all simulations.
const CHAT_AND_TALK: &str = r#"
[app.chat]
connector = "chat"
mode = "enforce"
match = ["userName"]
[app.chat.account]
userName = "person.userName"

[app.talk]
connector = "talk"
mode = "enforce"
match = ["userName"]
[app.talk.account]
userName = "person.userName"

[role.staff]
when = "person.active"
grants = ["chat:group/Everybody"]
"#;

/// Who can use an account on a system.
fn active(saas: &Saas) -> BTreeSet<String> {
    let state = saas.state();
    let active = state.content.accounts.values().filter(|account| account.status == AccountStatus::Active);
    active.map(|account| account.unique_name.to_string()).collect()
}

/// One line of the HR system.
#[derive(Clone)]
struct Record {
    department: &'static str,
    title: u32,
    start: Date,
    end: Option<Date>,
}

/// What was played, to be found again.
#[derive(Debug, Default, PartialEq, Eq)]
struct Played {
    joined: usize,
    left: usize,
    came_back: usize,
    moved: usize,
}

struct Company {
    records: BTreeMap<u32, Record>,
    played: Played,
}

impl Company {
    fn hire(&mut self, today: Date, department: &'static str, end: Option<Date>) {
        let number = u32::try_from(self.records.len() + 1).expect("few people");
        self.records.insert(number, Record { department, title: 0, start: today, end });
        self.played.joined += 1;
        // A contractor's end is known from the first day.
        self.played.left += usize::from(end.is_some());
    }

    /// One week in the life of the company.
    fn week(&mut self, week: u32, today: Date) {
        let department = ["Sales", "Engineering", "Support"][(week % 3) as usize];
        if week.is_multiple_of(2) {
            self.hire(today, department, None);
        }
        if week % 9 == 4 {
            self.hire(today, "Engineering", today.checked_add(10.weeks()).ok());
        }
        if week == 40 {
            (0..BOUGHT).for_each(|_| self.hire(today, "Support", None));
        }
        let numbers: Vec<u32> = self.records.keys().copied().collect();
        for number in numbers {
            let record = self.records.get_mut(&number).expect("known");
            let works = record.start < today && record.end.is_none();
            if works && number % 13 == week % 13 && number.is_multiple_of(4) {
                record.end = today.yesterday().ok();
                self.played.left += 1;
            } else if works && number % 17 == week % 17 {
                record.department = if record.department == "Sales" { "Engineering" } else { "Sales" };
                self.played.moved += 1;
            } else if record.end == today.checked_sub(15.days()).ok() {
                record.end = None;
                self.played.came_back += 1;
            }
        }
    }

    fn csv(&self) -> String {
        let line = |(number, record): (&u32, &Record)| {
            let end = record.end.map_or(String::new(), |end| end.to_string());
            let Record { department, title, start, .. } = record;
            format!("{number},user{number}@acme.example,Title {title},{department},{start},{end}\n")
        };
        let lines: String = self.records.iter().map(line).collect();
        format!("employeeNumber,userName,title,department,startDate,endDate\n{lines}")
    }
}

#[test]
fn two_years_of_a_company_are_what_the_reports_and_the_audit_log_say() {
    play(two_years());
}

async fn two_years() {
    let folder = folder();
    let time = Time::starting("2024-01-01T08:00:00Z");
    let system = |name, seed| {
        let character = Character { name, ..Character::CRM };
        Arc::new(Saas::new(character, seed, time.clone(), Arc::default()))
    };
    let (saas, chat, talk) = (system("crm", 1), system("chat", 2), system("talk", 3));
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path().join("innkeeper.db")).expect("a store"));
    // People who come back within weeks find their accounts: nothing is deleted before two months.
    let text = CONFIGURATION.replace("\"3d\"", "\"60d\"") + CHAT_AND_TALK;
    let configuration = Configuration::load(vec![SourceFile { name: "innkeeper.toml".into(), text }]).expect("sound");
    let engine = Engine::new(Parts {
        directory: folder.path().to_owned(),
        configuration,
        store: store.clone(),
        systems: Arc::new(Around(vec![saas.clone(), chat.clone(), talk.clone()])),
        clock: time.clock(),
        patience: Patience::NONE,
        who: "years".into(),
    });
    let mut company = Company { records: BTreeMap::new(), played: Played::default() };
    for week in 0..104 {
        let today = engine.today();
        company.week(week, today);
        std::fs::write(folder.path().join("people.csv"), company.csv()).expect("written");
        if week == SWAPPED {
            begin_swap(&engine).await;
        }
        let planned = engine.plan(&PlanRequest::default(), &Quiet).await.expect("a plan");
        if !planned.plan.is_empty() {
            let overriding = Override::new("the company grows and shrinks", []).ok();
            let approved = engine.approve(planned.plan, Approval { overriding, offboards: None }).await.expect("approved");
            let report = engine.apply(approved, Arc::new(Quiet)).await.expect("a report");
            assert!(report.is_success(), "{:?}", report.counts());
        }
        let (on_chat, on_talk) = (active(&chat), active(&talk));
        for (number, _) in company.records.iter().filter(|(_, record)| record.end.is_none() && record.start <= today) {
            let name = format!("user{number}@acme.example");
            assert!(on_chat.contains(&name) || on_talk.contains(&name), "{name} has neither in week {week}");
        }
        time.pass(SignedDuration::from_hours(7 * 24));
    }
    let today = engine.today();
    let planned = engine.plan(&PlanRequest::default(), &Quiet).await.expect("a plan");
    assert_eq!(active(&chat), BTreeSet::from([BYSTANDER.to_owned()]), "nobody has the old app any more");
    let swaps = engine.swap_progress().await.expect("the swap");
    assert!(swaps[0].finished && swaps[0].advice().is_some(), "{:#?}", swaps[0].members);
    let created = |saas: &Saas| {
        let state = saas.state();
        state
            .journal
            .iter()
            .filter(|seen| seen.applied && seen.write.as_ref().is_some_and(|what| what.starts_with("create")))
            .count()
    };
    assert!(created(&chat) < created(&saas), "who came after the swap never got the old app");
    let rest = |change: &&innkeeper_domain::Change| change.operation.class() != innkeeper_domain::Class::Delete;
    let due: Vec<_> =
        planned.plan.apps().iter().filter(|app| app.app.as_str() == "crm").flat_map(|app| &app.changes).filter(rest).collect();
    let ended = company
        .records
        .values()
        .filter(|record| record.end.is_some_and(|end| end >= today.yesterday().expect("a day") - 7.days()));
    assert!(due.len() <= 4 * ended.count(), "only the last week's contractors: {due:#?}");

    let count = |word: &str| {
        let state = saas.state();
        state.journal.iter().filter(|seen| seen.applied && seen.write.as_ref().is_some_and(|what| what.starts_with(word))).count()
    };
    // Contractors whose last day is still to come, or was in the week that has not been looked at, are not closed yet.
    let looked = today - 7.days();
    let to_come = company.records.values().filter(|record| record.end.is_some_and(|end| end >= looked)).count();
    let Played { joined, left, came_back, moved } = company.played;
    assert!(joined > 100 && left > 20 && came_back > 3 && moved > 50, "{:?}", company.played);
    assert_eq!(count("create"), joined, "everybody who joined got one account");
    assert_eq!(count("suspended"), left - to_come, "everybody who left was closed once");
    assert_eq!(count("active"), came_back, "whoever came back got the account back");

    let gone: Vec<u32> = company
        .records
        .iter()
        .filter(|(_, record)| record.end.is_some_and(|end| end < looked))
        .map(|(number, _)| *number)
        .collect();
    let report = engine.leavers(Some(date(2024, 1, 1))).await.expect("a report");
    let told: Vec<u32> = report.leavers.iter().filter_map(|leaver| leaver.person.as_str().parse().ok()).collect();
    for number in &gone {
        assert!(told.contains(number), "the report does not have {number}");
    }
    let verdict = store.verify_audit().await.expect("read");
    assert_eq!(verdict.broken, None);
    let writes = |saas: &Saas| saas.state().journal.iter().filter(|seen| seen.write.is_some()).count();
    let changes = writes(&saas) + writes(&chat) + writes(&talk);
    assert!(verdict.entries > changes as u64, "{} entries for {changes} writes", verdict.entries);
}

/// Decides that everybody gets `talk` in the place of `chat`, two weeks beside each other.
async fn begin_swap(engine: &Engine) {
    let asked = SwapRequest {
        old: "chat".into(),
        new: "talk".into(),
        role: "staff".into(),
        overlap: 14,
        from: None,
        counterparts: Vec::new(),
        reason: Some("one tool for everybody".into()),
    };
    let decision = engine.swap(&asked).await.expect("talk has the same groups");
    let subject = serde_json::json!({ "swap": decision.swap });
    let event = AuditEvent { at: engine.now(), who: "years".into(), what: "swap.begun".into(), subject };
    engine.store().decide(&decision.mutations, &event).await.expect("written");
}
