//! A whole company: planned, applied, planned again.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use innkeeper_tests::company::Company;
use innkeeper_tests::{cache, setup};

use crate::failure::Failure;
use crate::{connectors, run};

/// How many people, on what.
#[derive(Args)]
pub(crate) struct Options {
    /// How many people.
    #[arg(long, default_value_t = 10_000)]
    count: usize,
    /// How long the server takes for every answer, in milliseconds.
    #[arg(long, default_value_t = 0)]
    latency: u64,
    /// Build without optimisation: ready sooner, and the figures are worth less.
    #[arg(long)]
    dev: bool,
}

/// The SCIM server of our own, in a process of its own, which ends when its input does.
struct Server {
    child: Child,
    _input: Option<ChildStdin>,
    base_url: String,
    token: String,
}

impl Server {
    fn start(program: &Path, latency: u64) -> Result<Self, Failure> {
        let line = program.display().to_string();
        let mut command = Command::new(program);
        command.arg(latency.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|source| Failure::NotStarted { line: line.clone(), source })?;
        let input = child.stdin.take();
        let mut said = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut said).map_err(Failure::file(program))?;
        }
        match said.trim().split_once(' ') {
            Some((base_url, token)) => Ok(Self { base_url: base_url.to_owned(), token: token.to_owned(), child, _input: input }),
            None => Err(Failure::Output { line, message: format!("`{said}`") }),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let signed = connectors::bundles()?;
    let mut build = run::cargo(&["build", "--locked", "--quiet", "--package", "innkeeper-cli", "--package", "innkeeper-tests"]);
    build.args(["--bin", "innkeeper", "--bin", "fake-scim"]);
    let profile = if options.dev { "debug" } else { "release" };
    if !options.dev {
        build.arg("--release");
    }
    run::visibly(&mut build)?;
    let programs = cache::target().join(profile);
    let server = Server::start(&programs.join("fake-scim"), options.latency)?;
    let folder = cache::target().join("bench");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).map_err(Failure::file(folder.join(name)));
    // So many are no first roll-out for the guard, and what is measured is not the guard.
    let configuration = setup::configuration(&server.base_url) + "\n[guard.create]\nmax-count = 1_000_000_000\n";
    write("innkeeper.toml", &configuration)?;
    write("people.csv", &Company::of(options.count).people_csv())?;
    let bench = Runs { program: programs.join("innkeeper"), folder: folder.clone(), token: server.token.clone() };
    let bundle = signed.folder.join("scim");
    bench.measure(&["connector", "trust", "innkeeper", &signed.key.to_string(), "--connectors", "scim", "--yes"], &[0])?;
    bench.measure(&["connector", "install", &bundle.display().to_string(), "--yes"], &[0])?;
    let plan = bench.measure(&["plan", "--out", "plan.json"], &[3])?;
    let apply = bench.measure(&["apply", "plan.json", "--yes"], &[0])?;
    let again = bench.measure(&["plan"], &[0])?;
    println!(
        "\n{} people, {} ms latency, {profile} build, {} cores\n",
        options.count,
        options.latency,
        thread::available_parallelism().map_or(0, usize::from)
    );
    for (name, figure) in [("plan, all new", plan), ("apply", apply), ("plan, nothing to do", again)] {
        println!("{name:<20} {:>8.2} s   peak {:>5} MiB", figure.time.as_secs_f64(), figure.peak_kib / 1024);
    }
    println!("{:<20} {:>8.0} people a second", "apply", options.count as f64 / apply.time.as_secs_f64());
    Ok(())
}

/// Runs of the program in one folder.
struct Runs {
    program: PathBuf,
    folder: PathBuf,
    token: String,
}

#[derive(Clone, Copy)]
struct Figure {
    time: Duration,
    /// VmHWM: the most memory that the process ever had in use.
    peak_kib: u64,
}

impl Runs {
    fn measure(&self, arguments: &[&str], expected: &[i32]) -> Result<Figure, Failure> {
        let line = format!("innkeeper {}", arguments.join(" "));
        println!("$ {line}");
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.folder).env(setup::TOKEN, &self.token);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let start = Instant::now();
        let mut child = command.spawn().map_err(|source| Failure::NotStarted { line: line.clone(), source })?;
        let status_file = PathBuf::from(format!("/proc/{}/status", child.id()));
        let mut peak_kib = 0;
        // The peak is gone with the process, so it is looked at all the time: what grows in the last moment is missed.
        let status = loop {
            peak_kib = peak(&status_file).unwrap_or(0).max(peak_kib);
            match child.try_wait().map_err(|source| Failure::NotStarted { line: line.clone(), source })? {
                Some(status) => break status,
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        let time = start.elapsed();
        match status.code() {
            Some(code) if expected.contains(&code) => Ok(Figure { time, peak_kib }),
            _ => Err(Failure::Ended { line, status }),
        }
    }
}

fn peak(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}
