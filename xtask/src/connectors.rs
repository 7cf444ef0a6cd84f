//! Connectors: compiled to WebAssembly, and laid out as bundle folders.

use std::fs;
use std::path::{Path, PathBuf};

use innkeeper_bundle::PublicKey;
use innkeeper_tests::{bundle, cache, connector};

use crate::failure::Failure;
use crate::{install, run};

/// The connectors of this repository, as bundles.
pub(crate) struct Signed {
    /// The folder that they are in.
    pub(crate) folder: PathBuf,
    /// The folder of each.
    pub(crate) bundles: Vec<PathBuf>,
    /// The key that they are signed with.
    pub(crate) key: PublicKey,
}

/// A package of this workspace that compiles to a connector.
pub(crate) struct Package {
    name: String,
    folder: PathBuf,
}

/// The packages below a folder of the repository, such as `plugins`.
fn packages(below: &str) -> Result<Vec<Package>, Failure> {
    let line = "cargo metadata";
    let text = run::output(&mut run::cargo(&["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    let unexpected = |message: &str| Failure::Output { line: line.to_owned(), message: message.to_owned() };
    let metadata: serde_json::Value = serde_json::from_str(&text).map_err(|error| unexpected(&error.to_string()))?;
    let below = cache::repository().join(below);
    let all = metadata["packages"].as_array().ok_or_else(|| unexpected("there are no packages"))?;
    let package = |value: &serde_json::Value| {
        let folder = Path::new(value["manifest_path"].as_str()?).parent()?.to_path_buf();
        let name = value["name"].as_str()?.to_owned();
        folder.starts_with(&below).then_some(Package { name, folder })
    };
    Ok(all.iter().filter_map(package).collect())
}

/// Compiles all connectors, those of the tests too, and gives the folder with their components.
pub(crate) fn compile() -> Result<PathBuf, Failure> {
    install::wasm_target()?;
    let mut all = packages("plugins")?;
    all.extend(packages("tests/connectors")?);
    let names: Vec<_> = all.iter().map(|package| package.name.as_str()).collect();
    println!("compiling {} to WebAssembly", names.join(", "));
    Ok(connector::build(&names)?)
}

/// Compiles the connectors of `plugins/` and lays out a folder for each, signed with the key of this machine.
pub(crate) fn bundles() -> Result<Signed, Failure> {
    let components = compile()?;
    let folder = cache::target().join("bundles");
    let bundles =
        packages("plugins")?.iter().map(|package| lay_out(package, &components, &folder)).collect::<Result<Vec<_>, _>>()?;
    let key = bundle::development_key()?;
    bundles.iter().for_each(|folder| bundle::sign(folder, &key));
    Ok(Signed { folder, bundles, key: key.public() })
}

fn lay_out(package: &Package, components: &Path, root: &Path) -> Result<PathBuf, Failure> {
    let name = package.folder.file_name().unwrap_or_default();
    let folder = root.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    let component = components.join(connector::file_name(&package.name));
    let files = [
        (package.folder.join("connector.toml"), "connector.toml"),
        (component, "connector.wasm"),
        (package.folder.join("README.md"), "README.md"),
        (cache::repository().join("LICENSE"), "LICENSE"),
    ];
    for (from, to) in files {
        fs::copy(&from, folder.join(to)).map_err(Failure::file(&from))?;
    }
    Ok(folder)
}
