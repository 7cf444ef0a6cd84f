//! What the chores need beyond Rust: found, or installed and said so. Everything that is built goes into the user's cache folder.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use innkeeper_tests::cache;
use innkeeper_tests::registry;
use innkeeper_tests::venv::Venv;

use crate::failure::Failure;
use crate::run;

const TARGET: &str = "wasm32-wasip2";
const NEXTEST: &str = "0.9.143";
const DENY: &str = "0.20.2";
/// The spell checker, as its authors ship it for Python: nothing has to be compiled.
const TYPOS: &str = "typos==1.52.0\n";

fn installing(what: &str) {
    println!("installing {what}: needed once on this machine");
}

/// The standard library for WebAssembly components.
pub(crate) fn wasm_target() -> Result<(), Failure> {
    standard_library(TARGET, "the standard library for wasm32-wasip2")
}

/// The standard library for WebAssembly that is no component, for other plugin hosts.
pub(crate) fn bare_wasm_target() -> Result<(), Failure> {
    standard_library("wasm32-unknown-unknown", "the standard library for wasm32-unknown-unknown")
}

fn standard_library(target: &str, what: &'static str) -> Result<(), Failure> {
    let sysroot = run::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir() {
        return Ok(());
    }
    if !run::works(Command::new("rustup").arg("--version")) {
        let advice = "Install Rust with rustup, or your distribution's package for this target.";
        return Err(Failure::Missing { what, advice });
    }
    installing(&format!("{what}, with rustup"));
    run::visibly(Command::new("rustup").args(["target", "add", target]))
}

/// The test runner.
pub(crate) fn nextest() -> Result<PathBuf, Failure> {
    tool("cargo-nextest", NEXTEST, "many minutes: cargo-binstall or a package of your system is faster")
}

/// The checker of licences and sources.
pub(crate) fn deny() -> Result<PathBuf, Failure> {
    tool("cargo-deny", DENY, "about 3 minutes on two cores")
}

/// A program from crates.io: the one in PATH where there is one, otherwise this version, compiled into the cache folder.
fn tool(name: &'static str, version: &str, time: &str) -> Result<PathBuf, Failure> {
    if run::works(Command::new(name).arg("--version")) {
        return Ok(PathBuf::from(name));
    }
    let root = cache::folder().join("tools").join(format!("{name}-{version}"));
    let program = root.join("bin").join(name);
    if !program.exists() {
        let _lock = cache::lock(name)?;
        if !program.exists() {
            installing(&format!("{name} {version}, from crates.io ({time})"));
            let mut command = run::cargo(&["install", "--locked", "--quiet", name, "--version", version, "--root"]);
            // A folder of its own, gone afterwards: nothing of it is of use to the project's builds.
            let scratch = cache::folder().join("tools-target");
            run::visibly(command.arg(&root).env("CARGO_TARGET_DIR", &scratch))?;
            fs::remove_dir_all(&scratch).map_err(Failure::file(&scratch))?;
        }
    }
    Ok(program)
}

/// The spell checker.
pub(crate) fn typos() -> Result<PathBuf, Failure> {
    python()?;
    Ok(Venv::ensure(TYPOS)?.program("typos"))
}

/// An OCI registry to push to and pull from.
pub(crate) fn docker_registry() -> Result<(), Failure> {
    if !registry::is_there() {
        installing("docker-registry, out of Debian's package, into the cache folder");
    }
    Ok(registry::program().map(drop)?)
}

/// A C++ compiler, for libFuzzer.
pub(crate) fn cpp() -> Result<(), Failure> {
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let has_compiler = || run::works(Command::new(&compiler).arg("--version"));
    if has_compiler() {
        return Ok(());
    }
    let missing = || Failure::Missing {
        what: "a C++ compiler",
        advice: "On Debian and Ubuntu: apt-get install g++. Or set CXX. `cargo xtask test --skip fuzz` does without.",
    };
    apt_get(&["g++"], missing)?;
    if has_compiler() { Ok(()) } else { Err(missing()) }
}

/// Python with its module for environments.
pub(crate) fn python() -> Result<(), Failure> {
    let python = std::env::var_os("INNKEEPER_PYTHON").unwrap_or_else(|| "python3".into());
    let has_venv = || run::works(Command::new(&python).args(["-c", "import venv, ensurepip"]));
    if has_venv() {
        return Ok(());
    }
    let missing = || Failure::Missing {
        what: "Python 3.10 or later with the module venv",
        advice: "On Debian and Ubuntu: apt-get install python3-venv. Or set INNKEEPER_PYTHON.",
    };
    apt_get(&["python3", "python3-venv"], missing)?;
    if has_venv() { Ok(()) } else { Err(missing()) }
}

/// Packages of Debian or Ubuntu, where whoever runs this may install them.
fn apt_get(packages: &[&str], missing: impl Fn() -> Failure) -> Result<(), Failure> {
    let is_root = run::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root || !run::works(Command::new("apt-get").arg("--version")) {
        return Err(missing());
    }
    installing(&format!("{}, with apt-get", packages.join(" and ")));
    run::visibly(Command::new("apt-get").args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages);
    run::visibly(install.env("DEBIAN_FRONTEND", "noninteractive"))
}
