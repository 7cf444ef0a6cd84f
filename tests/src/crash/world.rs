//! One world, from the first joiner to the verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use innkeeper_fakes::scim::ScimServer;
use jiff::{ToSpan as _, Zoned};
use serde_json::{Value, json};

use super::Report;
use super::journal::{Names, blind, carried_out, not_once};
use super::kill::{self, When};
use crate::company::{Company, DEPARTMENTS};
use crate::dice::Dice;
use crate::workspace::{Run, Workspace};
use crate::{bundle, setup};

/// How many kills one world goes through at most: some five rounds.
pub const KILLS: usize = 100;
/// How many people there are at first.
const FIRST: usize = 50;
/// How many join, move and leave in a later round.
const JOINERS: usize = 20;
const MOVERS: usize = 15;
const LEAVERS: usize = 8;
/// How often the key of the secrets is changed in a round.
const ROTATIONS: usize = 3;
/// More than a world has ever seen: the names have to be there.
const EVERYBODY: usize = 2_000;
/// A run is killed within so many requests of its start, so that a run of some hundred goes on in many pieces.
const REACH: u64 = 50;
/// How often a command other than `apply` is killed before it is left alone.
const KILLS_IN_A_ROW: usize = 3;
/// How long a command takes, until one has ended by itself.
const FIRST_GUESS: Duration = Duration::from_millis(150);
/// How often `apply` is killed in a round, so that the kills of a world last for several rounds.
const KILLS_OF_APPLY: usize = 15;

struct World {
    workspace: Workspace,
    server: ScimServer,
    company: Company,
    /// How many of the company have joined.
    joined: usize,
    /// Who was offboarded or has left, by place.
    gone: BTreeSet<usize>,
    dice: Dice,
    kills_left: usize,
    /// How long a command takes when nobody kills it.
    usual: BTreeMap<&'static str, Duration>,
    report: Report,
}

/// Plays a world. What is wrong is in the report.
pub(super) fn play(seed: u64, kills: usize) -> Report {
    let mut world = World::new(seed, kills);
    let result = world.prepare().and_then(|()| world.rounds());
    let World { mut report, server, .. } = world;
    if let Err(fault) = result {
        report.faults.push((seed, fault));
    }
    report.requests = server.requests().len();
    report.worlds = 1;
    report
}

impl World {
    fn new(seed: u64, kills: usize) -> Self {
        Self {
            workspace: Workspace::empty(),
            server: ScimServer::start(),
            company: Company::of(EVERYBODY),
            joined: FIRST,
            gone: BTreeSet::new(),
            dice: Dice::new(seed),
            kills_left: kills,
            usual: BTreeMap::new(),
            report: Report::default(),
        }
    }

    /// A configuration, a connector, and the token as a secret that is worth rotating.
    fn prepare(&mut self) -> Result<(), String> {
        for name in setup::groups() {
            self.server.create_group(json!({ "displayName": name }));
        }
        let configuration = setup::configuration(self.server.base_url());
        let configuration = configuration.replace(&format!("{{ env = \"{}\" }}", setup::TOKEN), "{ secret = \"token\" }");
        // Many leave at once, and that is what is tried here, not the guard.
        self.workspace.write("innkeeper.toml", format!("[guard]\nmax-percent = 100\nmax-count = 1000\n\n{configuration}"));
        self.write_people();
        bundle::lay_out("scim", &self.workspace.path("bundle"));
        bundle::trusting(bundle::key(), "innkeeper").save(self.workspace.folder()).map_err(|error| error.to_string())?;
        let _ = self.must(&["connector", "install", "./bundle", "--yes"], 0)?;
        let mut command = self.workspace.command(&["secret", "set", "token"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        let mut input = child.stdin.take().ok_or("the program has no input")?;
        writeln!(input, "{}", self.server.token()).map_err(|error| error.to_string())?;
        drop(input);
        let status = child.wait().map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("`secret set` ended with {status}")) }
    }

    fn rounds(&mut self) -> Result<(), String> {
        let mut round = 0;
        loop {
            self.round(round)?;
            round += 1;
            if self.kills_left == 0 {
                return Ok(());
            }
            self.live_on();
        }
    }

    /// Time goes by: people join, move and leave.
    fn live_on(&mut self) {
        let here = |world: &Self| (10..world.joined).filter(|place| !world.gone.contains(place)).collect::<Vec<_>>();
        let yesterday = Zoned::now().date() - 1.day();
        for _ in 0..LEAVERS {
            let staying = here(self);
            let place = staying[self.dice.place(staying.len())];
            self.company.employees[place].end_date = Some(yesterday);
            self.gone.insert(place);
        }
        for _ in 0..MOVERS {
            let staying = here(self);
            let place = staying[self.dice.place(staying.len())];
            let (department, ..) = DEPARTMENTS[self.dice.place(DEPARTMENTS.len())];
            department.clone_into(&mut self.company.employees[place].department);
        }
        self.joined += JOINERS;
        self.write_people();
    }

    fn write_people(&self) {
        let company = Company { employees: self.company.employees[..self.joined].to_vec() };
        self.workspace.write("people.csv", company.people_csv());
    }

    fn round(&mut self, round: usize) -> Result<(), String> {
        let before = self.server.requests().len();
        let mut expected = BTreeSet::new();
        let mut plans = 0;
        let mut plan = self.plan(round, &mut plans, &mut expected)?;
        let mut kills = 0;
        loop {
            let arguments = ["apply", &plan, "--yes"];
            let run = match kills < KILLS_OF_APPLY {
                true => self.killed("apply", &arguments, REACH)?,
                false => Some(self.undisturbed("apply", &arguments)?),
            };
            match run {
                // Killed: somebody takes it up, or thinks anew.
                None if self.dice.once_in(5) => plan = self.plan(round, &mut plans, &mut expected)?,
                None => {}
                Some(run) if run.code == Some(0) => break,
                // Killed when all was written down, and before it said so.
                Some(run) if run.stderr.contains("was already applied") => break,
                Some(run) => return Err(ended(&run)),
            }
            kills += 1;
        }
        self.offboard(&mut expected)?;
        for _ in 0..ROTATIONS {
            self.until_done("rotate-key", &["secret", "rotate-key"], 0)?;
        }
        self.judge(before, &expected)
    }

    /// Makes a plan, and adds what it has to what is expected; gives its file.
    fn plan(&mut self, round: usize, plans: &mut usize, expected: &mut BTreeSet<String>) -> Result<String, String> {
        let file = format!("plan-{round}-{plans}.json");
        *plans += 1;
        let run = self.until_done("plan", &["plan", "--out", &file], 12)?;
        if !matches!(run.code, Some(0 | 3)) {
            return Err(ended(&run));
        }
        let plan: Value = serde_json::from_str(&self.workspace.read(&file)).map_err(|error| format!("{file}: {error}"))?;
        let plan = plan.get("plan").unwrap_or(&plan);
        let apps = plan["content"]["apps"].as_array().ok_or_else(|| format!("{file} has no apps"))?;
        expected.extend(apps.iter().flat_map(|app| app["changes"].as_array().into_iter().flatten()).filter_map(write));
        Ok(file)
    }

    fn offboard(&mut self, expected: &mut BTreeSet<String>) -> Result<(), String> {
        let here: Vec<usize> = (10..self.joined).filter(|place| !self.gone.contains(place)).collect();
        let place = here[self.dice.place(here.len())];
        let name = self.company.employees[place].user_name.clone();
        expected.insert(format!("suspend {name}"));
        expected.extend(self.groups_of(&name).into_iter().map(|(id, _)| format!("revoke {id} {name}")));
        let run = self.until_done("offboard", &["offboard", &name, "--yes"], 12)?;
        if run.code != Some(0) {
            return Err(ended(&run));
        }
        self.gone.insert(place);
        Ok(())
    }

    fn groups_of(&self, name: &str) -> Vec<(String, String)> {
        let id = self.server.user(name).map_or(Value::Null, |user| user["id"].clone());
        let is_in = |group: &Value| group["members"].as_array().into_iter().flatten().any(|member| member["value"] == id);
        let text = |group: &Value, member: &str| group[member].as_str().unwrap_or_default().to_owned();
        let groups = self.server.groups();
        groups.iter().filter(|group| is_in(group)).map(|group| (text(group, "id"), text(group, "displayName"))).collect()
    }

    /// Runs a command until it ends by itself, killing it now and then.
    fn until_done(&mut self, name: &'static str, arguments: &[&str], requests: u64) -> Result<Run, String> {
        for _ in 0..KILLS_IN_A_ROW {
            if let Some(run) = self.killed(name, arguments, requests)? {
                return Ok(run);
            }
        }
        self.undisturbed(name, arguments)
    }

    /// Runs a command, and kills it if there are kills left.
    fn killed(&mut self, name: &'static str, arguments: &[&str], requests: u64) -> Result<Option<Run>, String> {
        if self.kills_left == 0 {
            return self.undisturbed(name, arguments).map(Some);
        }
        let usual = self.usual.get(name).copied().unwrap_or(FIRST_GUESS);
        let when = When::chosen(&mut self.dice, usual, requests);
        let begun = Instant::now();
        let run = kill::run(&self.workspace, &self.server, arguments, Some(when))?;
        if run.is_some() {
            self.usual.insert(name, begun.elapsed());
        } else {
            self.kills_left -= 1;
            *self.report.killed.entry(name).or_insert(0) += 1;
            *self.report.moments.entry(when.kind()).or_insert(0) += 1;
        }
        Ok(run)
    }

    fn undisturbed(&mut self, name: &'static str, arguments: &[&str]) -> Result<Run, String> {
        let begun = Instant::now();
        let run = kill::run(&self.workspace, &self.server, arguments, None)?;
        self.usual.insert(name, begun.elapsed());
        run.ok_or_else(|| format!("`{}` was killed by somebody else", arguments.join(" ")))
    }

    fn must(&self, arguments: &[&str], code: i32) -> Result<Run, String> {
        let run = self.workspace.run(arguments);
        if run.code == Some(code) { Ok(run) } else { Err(ended(&run)) }
    }

    /// What the round left.
    fn judge(&mut self, before: usize, expected: &BTreeSet<String>) -> Result<(), String> {
        let _ = self.must(&["plan", "--out", "rest.json"], 0).map_err(|fault| format!("the last plan is not empty: {fault}"))?;
        let _ = self.must(&["audit", "verify"], 0)?;
        let names = Names::of(&self.server.users());
        let journal = self.server.requests();
        let mut faults = not_once(&carried_out(&journal[before..], &names), expected);
        faults.extend(blind(&journal, &names));
        faults.extend(self.misfits());
        faults.extend(self.told_twice()?);
        self.report.changes += expected.len();
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
    }

    /// Who has not what they should have.
    fn misfits(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (place, person) in self.company.employees[..self.joined].iter().enumerate() {
            let name = &person.user_name;
            let groups: BTreeSet<String> = self.groups_of(name).into_iter().map(|(_, group)| group).collect();
            let is_open = self.server.user(name).is_some_and(|user| user["active"] != false);
            let wanted = match self.gone.contains(&place) {
                true => BTreeSet::new(),
                false => BTreeSet::from([setup::EVERYBODY.to_owned(), person.department.clone()]),
            };
            if is_open == self.gone.contains(&place) || groups != wanted {
                faults.push(format!("{name}: open {is_open}, in {groups:?}, and should be in {wanted:?}"));
            }
        }
        faults
    }

    /// Changes that the audit log has as done more than once, and changes that are still open.
    fn told_twice(&self) -> Result<Vec<String>, String> {
        let entries = self.must(&["audit", "--last", "1000000", "--output", "json"], 0)?.json();
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        for entry in entries.as_array().into_iter().flatten().filter(|entry| entry["what"] == "change.done") {
            *told.entry(format!("{} of run {}", entry["subject"]["change"], entry["subject"]["run"])).or_insert(0) += 1;
        }
        let twice =
            told.into_iter().filter(|(_, times)| *times > 1).map(|(change, _)| format!("the log has change {change} twice"));
        let status = self.must(&["status", "--output", "json"], 0)?.json();
        let open =
            status["open"].as_array().filter(|open| !open.is_empty()).map(|open| format!("{} changes are open", open.len()));
        Ok(twice.chain(open).collect())
    }
}

/// What a planned change writes, as the journal of the system has it; none where it writes nothing.
fn write(change: &Value) -> Option<String> {
    let (label, operation) = (change["label"].as_str()?, &change["operation"]);
    let verb = operation["do"].as_str()?;
    match verb {
        "create-account" => Some(format!("{verb} {}", operation["unique-name"].as_str()?)),
        "grant" | "revoke" => Some(format!("{verb} {} {label}", operation["entitlement"]["id"].as_str()?)),
        "adopt" | "assume-grant" => None,
        _ => Some(format!("{verb} {label}")),
    }
}

fn ended(run: &Run) -> String {
    format!("`{}` ended with {:?}\n{}\n{}", run.line, run.code, run.stdout, run.stderr)
}
