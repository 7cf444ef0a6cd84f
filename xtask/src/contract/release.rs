//! The lock of released versions: `wit/released.toml`, a digest a version.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use semver::Version;
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// Released versions and the digests of their folders.
pub(super) type Released = BTreeMap<Version, String>;

const HEADER: &str = "\
# The released versions of the contract: version = SHA-256 over the folder's files, sorted by name.
# Written by `cargo xtask wit release VERSION`. A released folder never changes: connectors were compiled against it.
";

fn lock(root: &Path) -> PathBuf {
    root.join("released.toml")
}

pub(super) fn read(root: &Path) -> Result<Released, Failure> {
    let path = lock(root);
    let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
    let content = |message: String| Failure::Content { path: path.clone(), message };
    let table: BTreeMap<String, String> = toml::from_str(&text).map_err(|error| content(error.to_string()))?;
    table
        .into_iter()
        .map(|(version, digest)| match version.parse() {
            Ok(version) => Ok((version, digest)),
            Err(error) => Err(content(format!("`{version}` is no version: {error}"))),
        })
        .collect()
}

pub(super) fn write(root: &Path, released: &Released) -> Result<(), Failure> {
    let lines = released.iter().map(|(version, digest)| format!("\"{version}\" = \"{digest}\"\n"));
    let text: String = std::iter::once(HEADER.to_owned()).chain(lines).collect();
    let path = lock(root);
    fs::write(&path, text).map_err(Failure::file(path))
}

/// What is wrong with the released folders.
pub(super) fn changed(root: &Path, released: &Released) -> Result<Vec<String>, Failure> {
    let mut faults = Vec::new();
    for (version, wanted) in released {
        let folder = root.join(version.to_string());
        if !folder.is_dir() {
            faults.push(format!("{version} is released and its folder is gone"));
        } else if digest(&folder)? != *wanted {
            faults.push(format!("{version} is released and its folder has changed: undo that, and make a new version instead"));
        }
    }
    Ok(faults)
}

/// The SHA-256 over the folder's files, sorted by name, each with its name and its length.
pub(super) fn digest(folder: &Path) -> Result<String, Failure> {
    let mut hash = Sha256::new();
    for (name, content) in files(folder)? {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(content);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The folder's files, by name.
pub(super) fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(Failure::file(folder))? {
        let path = entry.map_err(Failure::file(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(name, fs::read(&path).map_err(Failure::file(&path))?);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Released, changed, digest, read, write};

    #[test]
    fn a_released_folder_that_changes_or_goes_is_seen() {
        let root = tempfile::tempdir().expect("a folder");
        let version = semver::Version::new(1, 0, 0);
        let folder = root.path().join("1.0.0");
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("a.wit"), "package a:b@1.0.0;").expect("a file");
        let released = Released::from([(version, digest(&folder).expect("a digest"))]);
        write(root.path(), &released).expect("the lock is written");
        assert_eq!(read(root.path()).expect("the lock is read"), released);
        let faults = || changed(root.path(), &released).expect("the folder is read");
        assert_eq!(faults(), Vec::<String>::new());
        fs::write(folder.join("b.wit"), "").expect("a file");
        assert_eq!(faults().len(), 1);
        fs::remove_file(folder.join("b.wit")).expect("the file goes");
        assert_eq!(faults(), Vec::<String>::new());
        fs::remove_dir_all(&folder).expect("the folder goes");
        assert_eq!(faults(), ["1.0.0 is released and its folder is gone"]);
    }

    #[test]
    fn the_same_text_in_other_files_is_another_digest() {
        let root = tempfile::tempdir().expect("a folder");
        let mut digests = Vec::new();
        for (folder, files) in [("x", [("a", "12"), ("b", "3")]), ("y", [("a", "1"), ("b", "23")])] {
            let folder = root.path().join(folder);
            fs::create_dir(&folder).expect("a folder");
            for (name, text) in files {
                fs::write(folder.join(name), text).expect("a file");
            }
            digests.push(digest(&folder).expect("a digest"));
        }
        assert_ne!(digests[0], digests[1]);
    }
}
