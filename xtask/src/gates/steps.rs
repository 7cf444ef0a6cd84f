//! What each gate does.

use std::process::Command;

use innkeeper_tests::cache;
use innkeeper_tests::canary::KEEP;
use innkeeper_tests::venv::{PEERS, Venv};

use super::canary;
use super::fuzz;
use super::gate::{Gate, Outcome};
use crate::failure::Failure;
use crate::run::{cargo, visibly};
use crate::{connectors, contract, install};

/// In the order in which they run: what is fast and fails often comes first.
pub(super) const ALL: &[Gate] = &[
    Gate { name: "fmt", what: "the code is formatted", check: fmt },
    Gate { name: "typos", what: "the words are spelt right", check: typos },
    Gate { name: "contract", what: "the contract is sound and no released version has changed", check: contract },
    Gate { name: "clippy", what: "no lint complains", check: clippy },
    Gate { name: "connectors", what: "every connector compiles to WebAssembly", check: connectors },
    Gate { name: "build", what: "everything builds", check: build },
    Gate { name: "tests", what: "the tests pass", check: tests },
    Gate { name: "canary", what: "no secret of a test was written down", check: || passed(canary::check()) },
    Gate { name: "doctests", what: "the examples in the documentation work", check: doctests },
    Gate { name: "fuzz", what: "strangers' input crashes nothing", check: fuzz::check },
    Gate { name: "deny", what: "licences and sources of the dependencies are allowed", check: deny },
];

fn passed(result: Result<(), Failure>) -> Result<Outcome, Failure> {
    result.map(|()| Outcome::Passed)
}

fn fmt() -> Result<Outcome, Failure> {
    passed(visibly(&mut cargo(&["fmt", "--all", "--check"])))
}

fn typos() -> Result<Outcome, Failure> {
    let mut command = Command::new(install::typos()?);
    passed(visibly(command.current_dir(cache::repository())))
}

fn contract() -> Result<Outcome, Failure> {
    passed(contract::run(None))
}

fn clippy() -> Result<Outcome, Failure> {
    passed(visibly(&mut cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"])))
}

fn connectors() -> Result<Outcome, Failure> {
    passed(connectors::bundles().map(drop))
}

/// All targets at once, so that the program, the libraries and the tests share one build of every dependency.
fn build() -> Result<Outcome, Failure> {
    passed(visibly(&mut cargo(&["build", "--locked", "--workspace", "--all-targets"])))
}

fn tests() -> Result<Outcome, Failure> {
    install::python()?;
    install::docker_registry()?;
    println!("Servers and API descriptions that others wrote are installed into the cache folder: PyPI, npm");
    Venv::ensure(PEERS)?;
    let components = connectors::compile()?;
    let mut command = Command::new(install::nextest()?);
    command.args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast", "--config-file", "xtask/nextest.toml"]);
    command.current_dir(cache::repository()).env("CARGO_TARGET_DIR", cache::target());
    command.env("INNKEEPER_TEST_CONNECTORS", components);
    command.env(KEEP, canary::prepare()?);
    // The same worlds in every run: a change is judged by what it changed. Other seeds are for `PROPTEST_RNG_SEED=N cargo xtask test`.
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        command.env("PROPTEST_RNG_SEED", "20261122");
    }
    command.env("INNKEEPER_BIN", cache::target().join("debug").join("innkeeper"));
    visibly(&mut command)?;
    Ok(match std::env::var_os("INNKEEPER_SPECS") {
        Some(_) => Outcome::Passed,
        None => Outcome::Except(
            "Slack and BambooHR not judged: INNKEEPER_SPECS names no folder with slack.json (slackapi/slack-api-specs) and bamboohr.yaml \
             (BambooHR/bhr-api-php)",
        ),
    })
}

fn doctests() -> Result<Outcome, Failure> {
    passed(visibly(&mut cargo(&["test", "--locked", "--workspace", "--doc", "--quiet"])))
}

/// Known vulnerabilities are listed in a repository of their own, not in the registry, and a build must not depend on reaching it.
fn deny() -> Result<Outcome, Failure> {
    // The tree is looked at for every platform, also for those whose crates nobody had to compile here.
    visibly(&mut cargo(&["fetch", "--locked", "--quiet"]))?;
    let mut command = Command::new(install::deny()?);
    command.args(["--offline", "check", "bans", "licenses", "sources"]).current_dir(cache::repository());
    visibly(&mut command)?;
    Ok(Outcome::Except("advisories not checked: `cargo deny check advisories` where there is a network"))
}
