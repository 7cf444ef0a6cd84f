//! The demo: builds what it needs and plays it. The script is in `tests/src/bin/demo.rs`.

use std::fs;
use std::process::Command;

use innkeeper_tests::cache;

use crate::failure::Failure;
use crate::{connectors, install, run};

/// Prepares everything and plays the script.
pub(crate) fn run() -> Result<(), Failure> {
    println!("What is needed: the program, the connectors, and a SCIM server that somebody else wrote");
    install::python()?;
    let signed = connectors::bundles()?;
    // Without optimisation: compiling well takes minutes, and 120 people do not need it.
    run::visibly(&mut run::cargo(&["build", "--locked", "--quiet", "--package", "innkeeper-cli"]))?;
    run::visibly(&mut run::cargo(&["build", "--locked", "--quiet", "--package", "innkeeper-tests", "--bin", "demo"]))?;
    let built = cache::target().join("debug");
    let folder = cache::target().join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let mut demo = Command::new(built.join("demo"));
    demo.arg(&folder).arg(&signed.folder).arg(signed.key.to_string()).env("INNKEEPER_BIN", built.join("innkeeper"));
    run::visibly(&mut demo)?;
    println!("\nEverything that was started has been stopped. The configuration is in {}", folder.display());
    Ok(())
}
