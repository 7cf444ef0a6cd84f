//! The contract in `wit/`: a folder a version. Released ones never change; newer ones of the same line stay compatible.

mod compatibility;
mod documentation;
mod package;
mod release;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use innkeeper_tests::cache;
use semver::Version;

use self::package::Contract;
use crate::failure::Failure;

/// What can be done with the contract beside checking it.
#[derive(Subcommand)]
pub(crate) enum ContractChore {
    /// Freeze a version: its folder may never change again.
    Release {
        /// The version, which is the folder's name.
        version: Version,
    },
}

/// Checks the contract, or freezes a version of it.
pub(crate) fn run(chore: Option<ContractChore>) -> Result<(), Failure> {
    let root = cache::repository().join("wit");
    let mut released = release::read(&root)?;
    match chore {
        None => check(&root, &released),
        Some(ContractChore::Release { version }) => {
            if released.contains_key(&version) {
                return Err(Failure::Refused(format!("{version} is released already")));
            }
            check(&root, &released)?;
            let folder = root.join(version.to_string());
            released.insert(version.clone(), release::digest(&folder)?);
            release::write(&root, &released)?;
            println!("{version} is released: {} may never change again", folder.display());
            Ok(())
        }
    }
}

/// Checks everything, and lists all faults.
fn check(root: &Path, released: &release::Released) -> Result<(), Failure> {
    let mut faults = release::changed(root, released)?;
    let mut contracts = Vec::new();
    for version in versions(root)? {
        let folder = root.join(version.to_string());
        match Contract::read(&folder) {
            Ok(contract) if contract.version() == Some(&version) => contracts.push((version, contract)),
            Ok(_) => faults.push(format!("{version}: the package in this folder has another version")),
            Err(message) => faults.push(format!("{version}: {message}")),
        }
    }
    for (version, contract) in &contracts {
        faults.extend(contract.lacks_world("everything").map(|fault| format!("{version}: {fault}")));
        faults.extend(documentation::missing(contract).into_iter().map(|item| format!("{version}: {item} has no doc comment")));
        for (older, old) in &contracts {
            if released.contains_key(older) && older < version && compatibility::same_line(older, version) {
                let broken = compatibility::broken(old, contract);
                faults.extend(broken.into_iter().map(|fault| format!("{version} breaks connectors for {older}: {fault}")));
            }
        }
    }
    if contracts.is_empty() {
        faults.push("there is no version".to_owned());
    }
    faults.extend(copies(root)?);
    if !faults.is_empty() {
        return Err(Failure::Contract(faults));
    }
    for (version, _) in &contracts {
        println!("{version}: sound, {}", if released.contains_key(version) { "released" } else { "not released yet" });
    }
    Ok(())
}

fn versions(root: &Path) -> Result<Vec<Version>, Failure> {
    let mut versions: Vec<Version> = Vec::new();
    for entry in fs::read_dir(root).map_err(Failure::file(root))? {
        let entry = entry.map_err(Failure::file(root))?;
        if entry.path().is_dir() {
            versions.extend(entry.file_name().to_str().and_then(|name| name.parse::<Version>().ok()));
        }
    }
    versions.sort();
    Ok(versions)
}

/// Crates that bring a copy of the contract along bring the newest version, to the letter.
fn copies(root: &Path) -> Result<Vec<String>, Failure> {
    let Some(newest) = versions(root)?.pop() else { return Ok(Vec::new()) };
    let wanted = release::files(&root.join(newest.to_string()))?;
    let mut faults = Vec::new();
    for crate_folder in ["sdk/rust", "host/sandbox"] {
        let folder: PathBuf = cache::repository().join(crate_folder).join("wit");
        if folder.is_dir() && release::files(&folder)? != wanted {
            faults.push(format!("{crate_folder}/wit is not a copy of wit/{newest}"));
        }
    }
    Ok(faults)
}
