//! Looking through files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::needles::{self, Needle};
use super::{Allowed, WORD};
use crate::Trouble;

static NEEDLES: LazyLock<Vec<Needle>> = LazyLock::new(|| needles::of(WORD));

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file in the folder that was looked through, or what a run printed.
    pub file: String,
    /// The first byte of it, from the start of the file.
    pub offset: usize,
    /// As what it is written there.
    pub encoding: String,
}

/// What was looked through, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// How many files.
    pub files: usize,
    /// How many bytes they had.
    pub bytes: usize,
    /// Where secrets are: for each file the first in each encoding.
    pub places: Vec<Place>,
}

impl Found {
    /// Looks through one more text.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        self.files += 1;
        self.bytes += bytes.len();
        self.places.extend(search_bytes(name, bytes));
    }
}

/// Looks through bytes that go by this name: the first place in each encoding.
#[must_use]
pub fn search_bytes(name: &str, bytes: &[u8]) -> Vec<Place> {
    let found = NEEDLES.iter().filter_map(|needle| needle.find(bytes).map(|offset| (offset, needle.encoding)));
    found.map(|(offset, encoding)| Place { file: name.to_owned(), offset, encoding: encoding.to_owned() }).collect()
}

/// Looks through every file below the folder and at its name; through the target of a link, not behind it. The files that are allowed to
/// have a secret in it are left out, and counted as the others are.
///
/// # Errors
/// When something cannot be read.
pub fn search(folder: &Path, allowed: &[Allowed]) -> Result<Found, Trouble> {
    let mut found = Found::default();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).map_err(Trouble::file(&next))? {
            let entry = entry.map_err(Trouble::file(&next))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(Trouble::file(&path))?;
            let name = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
            let shown = name.display().to_string();
            found.places.extend(search_bytes(&format!("the name of {shown}"), shown.as_bytes()));
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                let target = fs::read_link(&path).map_err(Trouble::file(&path))?;
                found.add(&shown, target.as_os_str().as_encoded_bytes());
            } else if kind.is_file() {
                read(&path, &name, allowed, &mut found)?;
            }
        }
    }
    found.places.sort_by(|one, other| (&one.file, one.offset).cmp(&(&other.file, other.offset)));
    Ok(found)
}

fn read(path: &Path, name: &PathBuf, allowed: &[Allowed], found: &mut Found) -> Result<(), Trouble> {
    let bytes = fs::read(path).map_err(Trouble::file(path))?;
    if allowed.iter().any(|allowed| Path::new(allowed.path) == name) {
        found.files += 1;
        found.bytes += bytes.len();
    } else {
        found.add(&name.display().to_string(), &bytes);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
