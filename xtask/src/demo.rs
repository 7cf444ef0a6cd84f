//! The demo: a company of 250 people, provisioned on a SCIM server that somebody else wrote.
//!
//! Everything it starts ends with it, also when it is interrupted: the server watches this process, and the program runs in the
//! foreground.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use innkeeper_tests::company::Company;
use innkeeper_tests::peer::{Paging, Scim2Server};
use innkeeper_tests::{cache, setup};

use crate::failure::Failure;
use crate::{connectors, install, run};

const PEOPLE: usize = 250;
/// Exit codes of the program: nothing to do, and changes are pending.
const DONE: i32 = 0;
const PENDING: i32 = 3;

/// Prepares everything and plays the script.
pub(crate) fn run() -> Result<(), Failure> {
    chapter("What is needed: the program, the connector, and a SCIM server that somebody else wrote");
    install::python()?;
    let bundles = connectors::bundles()?;
    let program = build()?;
    let server = Scim2Server::launch(Paging::Index)?;
    println!("scim2-server listens on {}", server.base_url());
    let folder = cache::target().join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let mut demo = Demo { program, folder, server, company: Company::of(PEOPLE) };
    let bundle = bundles.iter().find(|bundle| bundle.ends_with("scim"));
    demo.play(bundle.ok_or_else(|| Failure::Refused("there is no connector for SCIM in plugins/".to_owned()))?)?;
    println!("\nEverything that was started has been stopped. The configuration is in {}", demo.folder.display());
    Ok(())
}

/// The program without optimisation: compiling it well takes minutes, and 250 people do not.
fn build() -> Result<PathBuf, Failure> {
    run::visibly(&mut run::cargo(&["build", "--locked", "--quiet", "--package", "innkeeper-cli"]))?;
    Ok(cache::target().join("debug").join("innkeeper"))
}

struct Demo {
    program: PathBuf,
    folder: PathBuf,
    server: Scim2Server,
    company: Company,
}

impl Demo {
    fn play(&mut self, bundle: &Path) -> Result<(), Failure> {
        chapter("A company of 250 people, in the HR system's file; on the server, groups and an account that nobody ordered");
        let mut engineering = String::new();
        for group in setup::groups() {
            let id = self.server.create_group(group, &[])?;
            if group == "Engineering" {
                engineering = id;
            }
        }
        let stranger = self.server.create_user("stranger@acme.example")?;
        self.server.add_member(&engineering, &stranger)?;
        self.write("innkeeper.toml", &setup::configuration(self.server.base_url()))?;
        self.write_people()?;
        let bundle = bundle.display().to_string();
        self.innkeeper(&["connector", "install", &bundle, "--yes"], &[DONE])?;
        self.innkeeper(&["connector", "inspect", "scim"], &[DONE])?;
        self.innkeeper(&["check"], &[DONE])?;

        chapter("The plan: nothing is written, and exactly this file is applied");
        self.innkeeper(&["plan", "--out", "joiners.json"], &[PENDING])?;
        self.innkeeper(&["apply", "joiners.json", "--yes"], &[DONE])?;
        self.innkeeper(&["plan"], &[DONE])?;

        let mover = self.company.employees[100].user_name.clone();
        chapter(&format!("{mover} moves to Finance"));
        self.company.employee_mut(&mover).department = "Finance".to_owned();
        self.company.employee_mut(&mover).title = "Controller".to_owned();
        self.write_people()?;
        self.innkeeper(&["plan", "--out", "mover.json"], &[PENDING])?;
        self.innkeeper(&["apply", "mover.json", "--yes"], &[DONE])?;

        let leaver = self.company.employees[200].user_name.clone();
        chapter(&format!("{leaver} is let go, now"));
        self.innkeeper(&["offboard", &leaver, "--yes"], &[DONE])?;

        chapter("Who has what, and why");
        self.innkeeper(&["who-has", "directory:group/Finance"], &[DONE])?;
        self.innkeeper(&["access", &leaver], &[DONE])?;
        self.innkeeper(&["explain", &mover, setup::APP], &[DONE])?;
        self.innkeeper(&["orphans"], &[DONE])?;
        self.innkeeper(&["audit", "--person", &mover], &[DONE])?;
        self.innkeeper(&["audit", "verify"], &[DONE])?;
        self.innkeeper(&["status"], &[DONE])
    }

    fn write_people(&self) -> Result<(), Failure> {
        self.write("people.csv", &self.company.people_csv())
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        fs::write(&path, text).map_err(Failure::file(path))
    }

    /// Shows the command line as a person types it and runs it.
    fn innkeeper(&self, arguments: &[&str], expected: &[i32]) -> Result<(), Failure> {
        let line = format!("innkeeper {}", arguments.join(" "));
        println!("\n$ {line}");
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        command.env(setup::TOKEN, self.server.token()).env_remove("INNKEEPER_DIRECTORY");
        let status = command.status().map_err(|source| Failure::NotStarted { line: line.clone(), source })?;
        match status.code() {
            Some(code) if expected.contains(&code) => Ok(()),
            _ => Err(Failure::Ended { line, status }),
        }
    }
}

fn chapter(title: &str) {
    println!("\n=== {title}");
}
