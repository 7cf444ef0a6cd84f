//! One target: replaying what is kept, and searching for more.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use innkeeper_tests::program;

use super::build::{folder, scratch};
use crate::failure::Failure;
use crate::run;

/// Longer inputs find nothing that shorter ones do not, and slow the search down.
const LONGEST: &str = "-max_len=4096";
/// Seconds for one input: far more than any takes, also on a busy machine.
const PATIENCE: &str = "-timeout=20";
/// So many lines of what a target printed are shown when it failed: the panic, the stack and the input.
const SHOWN: usize = 100;

/// A target, built.
pub(super) struct Target {
    pub(super) name: String,
    pub(super) program: PathBuf,
}

impl Target {
    /// Where inputs of the repository are: those of the corpus, and those that crashed once.
    fn kept(&self) -> [PathBuf; 2] {
        ["corpus", "regressions"].map(|kind| folder().join(kind).join(&self.name))
    }

    fn command(&self) -> Result<Command, Failure> {
        let artifacts = folder().join("artifacts").join(&self.name);
        fs::create_dir_all(&artifacts).map_err(Failure::file(&artifacts))?;
        let mut command = Command::new(&self.program);
        command.arg(format!("-artifact_prefix={}/", artifacts.display())).arg(PATIENCE);
        Ok(command)
    }

    /// A search that begins with the kept inputs. What it finds goes into `found`, and what is there already is begun with too.
    fn searching(&self, found: &Path, time: Duration) -> Result<Command, Failure> {
        fs::create_dir_all(found).map_err(Failure::file(found))?;
        let mut command = self.command()?;
        command.arg(format!("-max_total_time={}", time.as_secs())).args([LONGEST, "-print_final_stats=1"]);
        command.arg(found).args(self.kept().iter().filter(|folder| folder.is_dir()));
        Ok(command)
    }

    /// Runs every kept input once, and gives how many there are.
    pub(super) fn replay(&self) -> Result<usize, Failure> {
        let mut inputs = Vec::new();
        for folder in self.kept().iter().filter(|folder| folder.is_dir()) {
            for entry in fs::read_dir(folder).map_err(Failure::file(folder))? {
                inputs.push(entry.map_err(Failure::file(folder))?.path());
            }
        }
        inputs.sort();
        if inputs.is_empty() {
            return Err(Failure::Refused(format!("the fuzz target {} has no corpus in tests/fuzz/corpus/{0}", self.name)));
        }
        // As files, each is run by itself and named when it crashes.
        self.heard(self.command()?.args(&inputs)).map(|_| inputs.len())
    }

    /// Runs one input; its output is seen.
    pub(super) fn run_one(&self, input: &Path) -> Result<(), Failure> {
        run::visibly(self.command()?.arg(input))
    }

    /// Searches, from where the last such search ended; its output is seen.
    pub(super) fn search(&self, time: Duration) -> Result<(), Failure> {
        let found = scratch().join("found").join(&self.name);
        let mut command = self.searching(&found, time)?;
        run::visibly(&mut command).map_err(|failure| Failure::Refused(format!("{failure}\n{}", self.advice())))
    }

    /// Searches, from the kept inputs alone, and says in a line what it did.
    pub(super) fn search_quietly(&self, time: Duration) -> Result<String, Failure> {
        let found = scratch().join("briefly").join(&self.name);
        if found.exists() {
            fs::remove_dir_all(&found).map_err(Failure::file(&found))?;
        }
        let output = self.heard(&mut self.searching(&found, time)?)?;
        let number = |name: &str| {
            let line = output.lines().rev().find_map(|line| line.strip_prefix(name));
            line.map_or("?", str::trim).to_owned()
        };
        let coverage = output.lines().rev().find_map(|line| line.split_once(" cov: ")?.1.split(' ').next()).unwrap_or("?");
        let runs = number("stat::number_of_executed_units:");
        let rate = number("stat::average_exec_per_sec:");
        Ok(format!("{runs} runs, {rate} a second, {coverage} branches covered"))
    }

    /// What it prints. When it fails that is shown, with what to do.
    fn heard(&self, command: &mut Command) -> Result<String, Failure> {
        let line = program::shown(command);
        let output = command.stdin(Stdio::null()).output().map_err(|source| Failure::NotStarted { line, source })?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            return Ok(text);
        }
        let lines: Vec<&str> = text.lines().collect();
        let is_cause = |line: &&str| line.contains("panicked at") || line.contains("ERROR: libFuzzer");
        let start = lines.iter().position(is_cause).unwrap_or_default().max(lines.len().saturating_sub(SHOWN));
        let shown = lines[start..].join("\n");
        Err(Failure::Refused(format!("{shown}\nthe fuzz target {} failed: {}", self.name, self.advice())))
    }

    fn advice(&self) -> String {
        format!(
            "the input is in the file that is named above. Run it again with\n  cargo xtask fuzz {0} --input FILE\nand keep it, when it is \
             mended, in tests/fuzz/regressions/{0}",
            self.name
        )
    }
}
