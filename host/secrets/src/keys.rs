//! The keys of one folder of secrets: the one in use and, while it is changed, the one that is changed to.

use crate::key::Key;
use crate::keyring::Keyring;
use crate::place::{Marker, Written};
use crate::{KeyPlace, KeySource, SecretError};
use std::path::{Path, PathBuf};

/// Where it is written down which key is in use.
pub(crate) fn in_use(folder: &Path) -> PathBuf {
    folder.join("key")
}

/// Where it is written down which key is changed to.
pub(crate) fn coming(folder: &Path) -> PathBuf {
    folder.join("key.next")
}

pub(crate) type Environment = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Where keys come from, beside the folder.
pub(crate) struct Outside {
    pub(crate) source: KeySource,
    pub(crate) environment: Environment,
    pub(crate) keyring: Box<dyn Keyring>,
}

impl Outside {
    fn given(&self) -> Result<Option<Key>, SecretError> {
        match &self.source {
            KeySource::File => Ok(None),
            KeySource::Given { value, origin } => Key::parse(value.expose(), origin).map(Some),
        }
    }

    /// The key that the operator brings for a change of keys.
    pub(crate) fn brought(&self) -> Result<Option<Key>, SecretError> {
        let text = (self.environment)(KeySource::NEW).map(zeroize::Zeroizing::new).filter(|text| !text.is_empty());
        text.map(|text| Key::parse(&text, KeySource::NEW)).transpose()
    }

    fn in_keyring(&self, id: &str) -> Result<Option<Key>, SecretError> {
        let text = self.keyring.get(id).map_err(|reason| SecretError::Keyring { reason })?;
        let Some(text) = text else { return Ok(None) };
        let key = Key::parse(&text, "the system's keyring")?;
        match key.id == id {
            true => Ok(Some(key)),
            false => Err(SecretError::BadKey { place: format!("what the system's keyring has as the key {id}") }),
        }
    }
}

/// A key that is written down, and the key itself where it was found.
pub(crate) struct Known {
    pub(crate) written: Written,
    /// The id of the key of the environment that was replaced with it.
    pub(crate) replaces: Option<String>,
    pub(crate) key: Option<Key>,
}

impl Known {
    fn absent(&self) -> SecretError {
        SecretError::KeyAbsent { id: self.written.id().to_owned(), place: self.written.place() }
    }
}

/// The keys as of one moment. At least one of them was found.
pub(crate) struct Keys {
    pub(crate) current: Known,
    pub(crate) next: Option<Known>,
}

impl Keys {
    /// Reads what is written down and finds the keys; none where nothing is written down and no key was given.
    pub(crate) fn load(folder: &Path, outside: &Outside) -> Result<Option<Self>, SecretError> {
        // In this order: when the change of keys ends in between, the new key is found as the one in use.
        let next = Marker::read(&coming(folder))?;
        let current = Marker::read(&in_use(folder))?;
        let given = outside.given()?;
        let current = match (current, &given, &next) {
            (Some(current), ..) => current,
            // Nothing was written down so far.
            (None, Some(given), _) => Marker { written: Written::Environment(given.id.clone()), replaces: None },
            (None, None, None) => return Ok(None),
            (None, None, Some(_)) => return Err(SecretError::KeyGone { path: in_use(folder) }),
        };
        let find = |marker| find(marker, given.as_ref(), outside);
        let keys = Self { current: find(current)?, next: next.map(find).transpose()? };
        if keys.known().all(|known| known.key.is_none()) {
            return Err(keys.current.absent());
        }
        let is_ours =
            |given: &Key| keys.known().any(|known| known.written.id() == given.id || known.replaces.as_ref() == Some(&given.id));
        match given.filter(|given| !is_ours(given)) {
            None => Ok(Some(keys)),
            Some(given) => Err(SecretError::OtherKey {
                origin: given.origin.clone(),
                given: given.id.clone(),
                used: keys.current.written.id().to_owned(),
                place: keys.current.written.place(),
            }),
        }
    }

    fn known(&self) -> impl Iterator<Item = &Known> {
        std::iter::once(&self.current).chain(&self.next)
    }

    /// The key that new values are encrypted with.
    pub(crate) fn writing(&self) -> Result<&Key, SecretError> {
        let next = self.next.as_ref().and_then(|next| next.key.as_ref());
        next.or(self.current.key.as_ref()).ok_or_else(|| self.current.absent())
    }

    /// The key of this id; an error where it is one of ours and was not found, none where it is not ours.
    pub(crate) fn of(&self, id: &str) -> Result<Option<&Key>, SecretError> {
        match self.known().find(|known| known.written.id() == id) {
            None => Ok(None),
            Some(known) => known.key.as_ref().map(Some).ok_or_else(|| known.absent()),
        }
    }
}

/// Whoever has a key of this id has the key, wherever it was meant to lie: that is how one that a keyring forgot is given back.
fn find(marker: Marker, given: Option<&Key>, outside: &Outside) -> Result<Known, SecretError> {
    let Marker { written, replaces } = marker;
    let key = match &written {
        _ if given.is_some_and(|given| given.id == written.id()) => given.cloned(),
        Written::Here(key) => Some(key.clone()),
        Written::Keyring(id) => match outside.in_keyring(id) {
            Ok(Some(key)) => Some(key),
            other => match outside.brought()?.filter(|brought| brought.id == *id) {
                None => other?,
                brought => brought,
            },
        },
        Written::Environment(id) => outside.brought()?.filter(|brought| brought.id == *id),
    };
    Ok(Known { written, replaces, key })
}

/// Where a key lies, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// The key's id; tells keys apart without telling anything about them.
    pub id: String,
    /// Where it lies.
    pub place: KeyPlace,
    /// A change of keys was cut off and could not be finished: the id of the key that is changed to.
    pub unfinished: Option<String>,
}
