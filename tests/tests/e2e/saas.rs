//! A company with one of the systems that are played in this process: what the tests of their connectors have in common.

use std::fs;
use std::path::Path;

use innkeeper_tests::company::Company;
use innkeeper_tests::workspace::{Run, Workspace};
use serde_json::Value;

use crate::scenario::{self, install};

/// What every connection to a system on this machine says: loopback is granted, and nobody waits for a vendor's budget.
pub(crate) const LOCAL: &str = "networks = [\"127.0.0.0/8\"]\nrate = { requests-per-second = 1000, burst = 1000 }";

/// The people of the company, in a file.
pub(crate) const PEOPLE: &str = "[source.hr]\nconnector = \"csv\"\npath = \"people.csv\"\n";

/// A configuration folder with a connector, for a company.
pub(crate) struct House {
    pub(crate) workspace: Workspace,
    pub(crate) company: Company,
    secrets: Vec<String>,
}

impl House {
    /// So many people in `people.csv`, and the connector in this folder of `plugins/`.
    pub(crate) fn new(connector: &str, people: usize) -> Self {
        let house = Self { workspace: Workspace::empty(), company: Company::of(people), secrets: Vec::new() };
        install(&house.workspace, connector);
        house.write_people();
        house
    }

    /// Writes the people as they are now.
    pub(crate) fn write_people(&self) {
        self.workspace.write("people.csv", self.company.people_csv());
    }

    /// The user name, which is the address, of the person at this place.
    pub(crate) fn address(&self, index: usize) -> String {
        self.company.employees[index].user_name.clone()
    }

    /// The last day of the person at this place was long ago.
    pub(crate) fn leaves(&mut self, index: usize) {
        self.company.employees[index].end_date = Some(jiff::civil::date(2026, 1, 31));
        self.write_people();
    }

    /// An environment variable of every run, whose value must never be written down.
    pub(crate) fn keep(&mut self, variable: &str, secret: &str) {
        self.workspace.set(variable, secret);
        self.never_written(secret);
    }

    /// A text that must never be written down.
    pub(crate) fn never_written(&mut self, secret: &str) {
        assert!(secret.len() >= 8, "a secret");
        self.secrets.push(secret.to_owned());
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.workspace.run(arguments)
    }

    /// Makes a plan, which must end with this code, and gives what it says of the one app.
    #[track_caller]
    pub(crate) fn plan(&self, code: i32) -> Value {
        scenario::plan(&self.workspace, code)
    }

    /// Makes a plan, whatever it ends with.
    #[track_caller]
    fn plan_any(&self) -> Value {
        self.run(&["plan", "--out", "plan.json", "--output", "json"]).json()["plan"]["content"]["apps"][0].clone()
    }

    /// The plan as people read it.
    #[track_caller]
    pub(crate) fn plan_text(&self, code: i32) -> String {
        self.run(&["plan", "--out", "plan.json"]).exits(code).stdout
    }

    /// Applies the plan that was made last.
    #[track_caller]
    pub(crate) fn apply(&self) -> Run {
        scenario::apply(&self.workspace)
    }

    /// Plans, applies, and plans again: nothing is left to do.
    #[track_caller]
    pub(crate) fn settle(&self) {
        let _ = self.plan(3);
        let _ = self.apply();
        self.is_settled();
    }

    /// Plans and applies what an earlier run could not do yet, until nothing is left to do.
    #[track_caller]
    pub(crate) fn settle_rest(&self) {
        let rest = self.plan_any();
        if rest["changes"] != serde_json::json!([]) {
            let _ = self.apply();
        }
        self.is_settled();
    }

    /// There is nothing to do, and nothing to decide.
    #[track_caller]
    pub(crate) fn is_settled(&self) {
        let rest = self.plan(0);
        assert_eq!((&rest["changes"], &rest["cases"]), (&serde_json::json!([]), &serde_json::json!([])), "{rest:#}");
    }

    /// What the person has on apps, as far as it can be used: `github account`, `github team Backend`.
    #[track_caller]
    pub(crate) fn usable(&self, person: &str) -> Vec<String> {
        let access = self.run(&["access", person, "--output", "json"]).exits(0).json();
        let mut usable = Vec::new();
        for held in access["accounts"].as_array().into_iter().flatten() {
            let app = held["app"].as_str().unwrap_or("?");
            if !matches!(held["account"]["status"].as_str(), None | Some("suspended" | "gone")) {
                usable.push(format!("{app} account"));
            }
            for grant in held["grants"].as_array().into_iter().flatten() {
                let kind = grant["entitlement"]["kind"].as_str().unwrap_or("?");
                usable.push(format!("{app} {kind} {}", grant["name"].as_str().unwrap_or("?")));
            }
        }
        usable
    }

    /// The people, by key, who have an account on an app or hold an entitlement.
    #[track_caller]
    pub(crate) fn holders(&self, entitlement: &str) -> Vec<String> {
        let answer = self.run(&["who-has", entitlement, "--output", "json"]).exits(0).json();
        let holders = answer["holders"].as_array().into_iter().flatten();
        let mut people: Vec<String> = holders.filter_map(|holder| holder["person"].as_str().map(str::to_owned)).collect();
        people.sort();
        people
    }

    /// The audit log proves itself, every system can be asked how it is, and no secret was written down.
    #[track_caller]
    pub(crate) fn is_sound(&self) {
        let _ = self.run(&["audit", "verify"]).exits(0);
        let _ = self.run(&["doctor"]).exits(0);
        assert!(!self.secrets.is_empty(), "nothing was said to be secret");
        let state = self.workspace.path(".innkeeper");
        let mut read = 0;
        files(&state, &mut |path| {
            let content = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for secret in &self.secrets {
                let found = content.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "a secret is in {}", path.display());
            }
            read += 1;
        });
        assert!(read > 3, "{} holds the state", state.display());
    }
}

/// All files below a folder, but those of the secret store, which is encrypted.
fn files(folder: &Path, each: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        match path.is_dir() {
            true if path.ends_with("secrets") => {}
            true => files(&path, each),
            false => each(&path),
        }
    }
}
