//! A company with its configuration and its connectors in a folder, and runs of the program there.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use innkeeper_tests::{bundle, cache, connector};
use tempfile::TempDir;

use crate::company::{Company, Group, TODAY};
use crate::measured::in_mebibytes;
use crate::variant::numbered;
use crate::{Failure, Setting};

/// How often the memory of a run is looked at. The peak is a high-water mark, so only what grows in the last moment is missed.
const LOOK: Duration = Duration::from_millis(2);

/// An app of the configuration.
pub struct App {
    /// Its name.
    pub name: String,
    /// Its connector, `scim@0.1`.
    pub connector: String,
    /// Where it is.
    pub base_url: String,
    /// What opens it.
    pub token: String,
}

/// A folder; removed when dropped.
pub struct Estate {
    folder: TempDir,
    program: PathBuf,
    tokens: Vec<(String, String)>,
}

/// What a run of the program took.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// From its start to its end.
    pub time: Duration,
    /// The most memory that it had in use, in MiB.
    pub peak: f64,
}

/// A run of the program that goes on beside; killed when dropped.
pub struct Started(Child);

impl Started {
    /// Whether it has ended, well or not: a run in which somebody left meanwhile has changes that are no longer wanted.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn is_over(&mut self) -> Result<bool, Failure> {
        self.0.try_wait().map(|status| status.is_some()).map_err(Failure::of("innkeeper"))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The groups that the estate's roles give: everybody's, and one a department.
#[must_use]
pub fn groups(company: &Company) -> Vec<Group> {
    let given = |group: &Group| group.rule.as_ref().is_none_or(|(attribute, _)| *attribute == "department");
    company.groups().into_iter().filter(given).collect()
}

impl Estate {
    /// Writes configuration and people. With groups, everybody gets their department's and everybody's on the first app.
    ///
    /// # Errors
    /// When there is no room.
    pub fn new(setting: &Setting, company: &Company, apps: &[App], concurrency: u32, with_groups: bool) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::of("a temporary folder"))?;
        let mut text = String::from("[source.hr]\nconnector = \"csv\"\npath = \"people.csv\"\nvanish-after = \"0s\"\n\n");
        // So many at once are no first roll-out for the guard, and what is measured is not the guard.
        text.push_str("[guard.create]\nmax-count = 1_000_000_000\nmax-percent = 100\n\n");
        let mut tokens = Vec::new();
        for (number, app) in apps.iter().enumerate() {
            text.push_str(&section(app, number, concurrency));
            tokens.push((variable(number), app.token.clone()));
        }
        text.push_str(&roles(company, apps, with_groups));
        let estate = Self { folder, program: setting.programs.join("innkeeper"), tokens };
        estate.write("innkeeper.toml", &text)?;
        estate.write("people.csv", &company.people_csv())?;
        Ok(estate)
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        fs::write(self.folder().join(name), text).map_err(Failure::of(name))
    }

    /// Installs the SCIM connector under its own name.
    ///
    /// # Errors
    /// When it cannot be installed.
    pub fn install_scim(&self, setting: &Setting) -> Result<(), Failure> {
        self.install(setting, "scim", "scim", None)
    }

    /// Installs so many SCIM connectors, named `c0`, `c1` and so on, each with code of its own.
    ///
    /// # Errors
    /// When one cannot be installed.
    pub fn install_many(&self, setting: &Setting, count: usize) -> Result<(), Failure> {
        (0..count).try_for_each(|number| self.install(setting, "scim", &format!("c{number}"), Some(number)))
    }

    fn install(&self, setting: &Setting, kind: &str, name: &str, number: Option<usize>) -> Result<(), Failure> {
        let (source, folder) = (cache::repository().join("plugins").join(kind), self.folder().join(format!("bundle-{name}")));
        fs::create_dir(&folder).map_err(Failure::of("a folder"))?;
        let read = |path: PathBuf| fs::read(&path).map_err(|error| Failure::new(path.display().to_string(), error));
        let manifest = String::from_utf8_lossy(&read(source.join("connector.toml"))?).into_owned();
        let manifest = manifest.replacen(&format!("name = \"{kind}\""), &format!("name = \"{name}\""), 1);
        let wasm = read(setting.connectors.join(connector::file_name(&format!("innkeeper-connector-{kind}"))))?;
        let wasm = number.map_or(wasm.clone(), |number| numbered(wasm, number));
        for (file, content) in
            [("connector.toml", manifest.as_bytes()), ("connector.wasm", &wasm), ("README.md", &read(source.join("README.md"))?)]
        {
            fs::write(folder.join(file), content).map_err(Failure::of(file))?;
        }
        bundle::sign(&folder, bundle::key());
        bundle::trusting(bundle::key(), "innkeeper").save(self.folder()).map_err(Failure::of("the trust store"))?;
        self.run(&["connector", "install", &format!("./bundle-{name}"), "--yes"], &[0]).map(drop)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.folder()).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.folder()).env("TZ", "UTC").env("NO_COLOR", "1");
        command.envs(self.tokens.iter().map(|(name, token)| (name, token)));
        command
    }

    /// Plans as of [`TODAY`] into `plan.json`; the exit code must be this.
    ///
    /// # Errors
    /// When it is another.
    pub fn plan(&self, code: i32) -> Result<Run, Failure> {
        self.run(&["plan", "--today", &TODAY.to_string(), "--out", "plan.json"], &[code])
    }

    /// Applies `plan.json`.
    ///
    /// # Errors
    /// When something of it fails.
    pub fn apply(&self) -> Result<Run, Failure> {
        self.run(&["apply", "plan.json", "--yes"], &[0])
    }

    /// Starts the program, for the caller to wait for.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(&self, arguments: &[&str]) -> Result<Started, Failure> {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(Failure::of("innkeeper")).map(Started)
    }

    /// Runs the program to its end.
    ///
    /// # Errors
    /// When it ends with a code that is none of these; says what it printed.
    pub fn run(&self, arguments: &[&str], codes: &[i32]) -> Result<Run, Failure> {
        let line = format!("innkeeper {}", arguments.join(" "));
        let printed = self.folder().join("printed");
        let file = fs::File::create(&printed).map_err(Failure::of("a file"))?;
        let both = file.try_clone().map_err(Failure::of("a file"))?;
        let mut command = self.command(arguments);
        let start = Instant::now();
        let mut child = command.stdout(file).stderr(both).spawn().map_err(Failure::of("innkeeper"))?;
        let status_file = format!("/proc/{}/status", child.id());
        let mut peak: f64 = 0.0;
        let status = loop {
            peak = peak
                .max(fs::read_to_string(&status_file).ok().and_then(|text| in_mebibytes(&text, "VmHWM:")).unwrap_or_default());
            match child.try_wait().map_err(Failure::of("innkeeper"))? {
                Some(status) => break status,
                None => thread::sleep(LOOK),
            }
        };
        let time = start.elapsed();
        match status.code() {
            Some(code) if codes.contains(&code) => Ok(Run { time, peak }),
            _ => Err(Failure::new(line, format!("{status}\n{}", fs::read_to_string(&printed).unwrap_or_default()))),
        }
    }
}

fn variable(number: usize) -> String {
    format!("TOKEN_{number}")
}

fn section(app: &App, number: usize, concurrency: u32) -> String {
    let App { name, connector, base_url, .. } = app;
    let token = variable(number);
    format!(
        r#"[app.{name}]
connector = "{connector}"
config = {{ base-url = "{base_url}" }}
credential.default = {{ env = "{token}" }}
networks = ["127.0.0.0/8"]
mode = "enforce"
concurrency = {concurrency}
match = ["userName"]
leaver = {{ delete-after = "30d" }}

[app.{name}.account]
userName = "person.userName"
"name.givenName" = "person.name.givenName"
"name.familyName" = "person.name.familyName"
displayName = "person.displayName"
emails = "person.emails"
title = "person.title"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber" = "person.employeeNumber"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" = "person.department"

"#
    )
}

fn roles(company: &Company, apps: &[App], with_groups: bool) -> String {
    let names: Vec<String> = apps.iter().map(|app| format!("\"{}\"", app.name)).collect();
    let mut text = format!("[role.account]\nwhen = \"true\"\ngrants = [{}]\n", names.join(", "));
    let first = apps.first().filter(|_| with_groups);
    for (number, group) in first.iter().flat_map(|_| groups(company)).enumerate() {
        let app = first.map(|app| app.name.as_str()).unwrap_or_default();
        let when = group.rule.map_or("true".to_owned(), |(attribute, value)| format!("person.{attribute} == '{value}'"));
        let _ = write!(text, "\n[role.r{number}]\nwhen = \"{when}\"\ngrants = [\"{app}:group/{}\"]\n", group.name);
    }
    text
}
