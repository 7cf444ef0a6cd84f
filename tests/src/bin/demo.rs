//! The demo: a company of 120 people over a month, on four apps, with an HR system as the source.
//!
//! `demo FOLDER BUNDLES KEY` plays it in a configuration folder, with the connectors' bundles below BUNDLES, signed with KEY, and the program
//! that `INNKEEPER_BIN` names. Everything it starts ends with it, also when it is interrupted: the SCIM server watches this process, the other
//! systems are in it, and the program runs in the foreground.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use innkeeper_tests::month::{DAYS, Month};
use innkeeper_tests::peer::{Paging, Scim2Server};
use innkeeper_tests::{Trouble, program, setup};

/// Exit codes of the program: nothing to do, and changes are pending.
const DONE: i32 = 0;
const PENDING: i32 = 3;

type Failed = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match play() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn play() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(bundles), Some(key)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err(
            "expected a folder for the configuration, the folder of the connectors' bundles and the key that signed them".into(),
        );
    };
    let (folder, bundles) = (PathBuf::from(folder), PathBuf::from(bundles));
    chapter(
        "The systems: a SCIM server that somebody else wrote; BambooHR, Google Workspace, Slack and GitHub played in this process",
    )?;
    let server = Scim2Server::launch(Paging::Index)?;
    for group in setup::groups() {
        server.create_group(group, &[])?;
    }
    let month = Month::begin(server.base_url(), server.token());
    for (name, url) in [
        ("scim2-server", server.base_url()),
        ("BambooHR", month.hr.base_url()),
        ("Google Workspace", month.google.base_url()),
        ("Slack", month.slack.base_url()),
        ("GitHub", month.github.base_url()),
    ] {
        say(&format!("{name:18} {url}"))?;
    }
    for (name, content) in month.files() {
        let path = folder.join(name);
        fs::write(&path, content).map_err(|source| Trouble::File { path, source })?;
    }
    Demo { folder, bundles, key, month }.play()
}

struct Demo {
    folder: PathBuf,
    bundles: PathBuf,
    key: String,
    month: Month,
}

impl Demo {
    fn play(&mut self) -> Result<(), Failed> {
        chapter("The connectors: signed by somebody who is trusted; each says what it wants to reach, and gets nothing else")?;
        self.innkeeper(&["connector", "trust", "innkeeper", &self.key, "--connectors", "*", "--yes"], &[DONE])?;
        for name in Month::connectors() {
            self.innkeeper(&["connector", "install", &self.bundle(name), "--yes"], &[DONE])?;
        }
        self.innkeeper(&["connector", "inspect", "github"], &[DONE])?;
        self.innkeeper(&["check"], &[DONE])?;

        chapter("The first morning: 100 people, and nobody has an account anywhere")?;
        let began = Instant::now();
        self.quietly(&["plan", "--out", "first.json"], &[PENDING])?;
        self.quietly(&["apply", "first.json", "--yes"], &[DONE])?;

        chapter("A month of joins, moves and leaves")?;
        let mut left = Vec::new();
        for number in 1..=DAYS {
            let day = self.month.day(number);
            say(&format!("\nDay {number}: {}", day.events.join("; ")))?;
            left.extend(day.left);
            self.quietly(&["plan", "--out", "day.json"], &[PENDING])?;
            self.quietly(&["apply", "day.json", "--yes"], &[DONE])?;
        }
        self.month.night();
        self.quietly(&["plan", "--out", "day.json"], &[DONE, PENDING])?;
        self.quietly(&["apply", "day.json", "--yes"], &[DONE])?;
        say(&format!("\nThe month took {:.0} seconds. A plan now:", began.elapsed().as_secs_f64()))?;
        self.innkeeper(&["plan"], &[DONE])?;

        chapter("Who has what, and why")?;
        let mover = self.month.person(16).user_name.clone();
        self.innkeeper(&["who-has", "github:team/engineering"], &[DONE])?;
        self.innkeeper(&["explain", &mover, "google"], &[DONE])?;

        chapter("What those who have left still have")?;
        let back = self.month.returner();
        for index in left.into_iter().filter(|index| *index != back) {
            let address = self.month.person(index).user_name.clone();
            let found = self.month.left_behind(index);
            if !found.is_empty() {
                return Err(format!("{address} has left, and: {}", found.join("; ")).into());
            }
            say(&format!("{address}: nothing"))?;
        }
        let leaver = self.month.person(self.month.head()).user_name.clone();
        self.innkeeper(&["access", &leaver], &[DONE])?;
        self.innkeeper(&["audit", "verify"], &[DONE])?;
        self.innkeeper(&["status"], &[DONE])
    }

    fn bundle(&self, name: &str) -> String {
        self.bundles.join(name).display().to_string()
    }

    /// Shows the command line as a person types it, runs it and shows what it says.
    fn innkeeper(&self, arguments: &[&str], expected: &[i32]) -> Result<(), Failed> {
        say(&format!("\n$ innkeeper {}", arguments.join(" ")))?;
        let status = self.command(arguments).status()?;
        self.check(arguments, status.code(), expected)
    }

    /// The same, and shows of the output only the line of each app that is written to, what it costs, and the last one.
    fn quietly(&self, arguments: &[&str], expected: &[i32]) -> Result<(), Failed> {
        let output = self.command(arguments).stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if let Err(error) = self.check(arguments, output.status.code(), expected) {
            say(&text)?;
            return Err(error);
        }
        say(&format!("  $ innkeeper {}", arguments.join(" ")))?;
        let counts = |line: &str| line.contains("(enforce)") && !line.contains("nothing to do");
        let telling = |line: &&str| counts(line) || line.contains("costs money;");
        text.lines().filter(telling).try_for_each(|line| say(&format!("    {line}")))?;
        let last = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        say(&format!("    {last}"))
    }

    fn check(&self, arguments: &[&str], code: Option<i32>, expected: &[i32]) -> Result<(), Failed> {
        match code {
            Some(code) if expected.contains(&code) => Ok(()),
            _ => Err(format!("`innkeeper {}` ended with {code:?}; expected {expected:?}", arguments.join(" ")).into()),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program::innkeeper());
        command.args(arguments).current_dir(Path::new(&self.folder)).stdin(Stdio::null());
        command.envs(self.month.environment()).env_remove("INNKEEPER_DIRECTORY");
        command
    }
}

fn chapter(title: &str) -> Result<(), Failed> {
    say(&format!("\n=== {title}"))
}

/// A line, at once: the program that runs next writes to the same place.
fn say(line: &str) -> Result<(), Failed> {
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
