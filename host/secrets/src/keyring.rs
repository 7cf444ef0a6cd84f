//! Keys in the operating system's keyring.
//!
//! On Linux that is the kernel's persistent keyring of the user: in memory, the same for everything that the user runs with or without a
//! login, and gone after a restart, or after three days in which nobody asked for it (persistent-keyring(7)). So a key is only put there
//! when its owner keeps it elsewhere as well. Keyrings behind D-Bus need a session that somebody has unlocked, which a server does not
//! have.

use zeroize::Zeroizing;

/// Somewhere outside the file system that keeps a key under its id. Errors are what the system said: there is no keyring, or it refuses.
pub(crate) trait Keyring: Send + Sync {
    /// The key's text, or none where there is no such key.
    fn get(&self, id: &str) -> Result<Option<Zeroizing<String>>, String>;

    /// Keeps the key under its id.
    fn set(&self, id: &str, key: &str) -> Result<(), String>;

    /// Forgets the key of this id; having none is fine.
    fn remove(&self, id: &str) -> Result<(), String>;
}

/// The keyring of this system.
pub(crate) struct SystemKeyring;

#[cfg(target_os = "linux")]
mod kernel {
    use super::{Keyring, SystemKeyring};
    use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};
    use zeroize::Zeroizing;

    /// Linked to the session's keyring, without which the kernel does not let us read what we found. A process without a login has the
    /// session of its user, which does not count: it gets one of its own.
    fn persistent() -> Result<KeyRing, String> {
        KeyRing::from_special_id(KeyRingIdentifier::Session, true).map_err(|error| format!("no session keyring: {error}"))?;
        KeyRing::get_persistent(KeyRingIdentifier::Session).map_err(|error| format!("no persistent keyring: {error}"))
    }

    /// What the key is called among those of others.
    fn description(id: &str) -> String {
        format!("innkeeper:{id}")
    }

    fn search(ring: KeyRing, id: &str) -> Result<Option<Key>, String> {
        match ring.search(&description(id)) {
            Ok(key) => Ok(Some(key)),
            Err(KeyError::KeyDoesNotExist | KeyError::KeyRevoked | KeyError::KeyExpired) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    impl Keyring for SystemKeyring {
        fn get(&self, id: &str) -> Result<Option<Zeroizing<String>>, String> {
            let Some(key) = search(persistent()?, id)? else { return Ok(None) };
            let bytes = Zeroizing::new(key.read_to_vec().map_err(|error| error.to_string())?);
            match std::str::from_utf8(&bytes) {
                Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
                Err(_) => Err(format!("what is kept as {} is not text", description(id))),
            }
        }

        fn set(&self, id: &str, key: &str) -> Result<(), String> {
            persistent()?.add_key(&description(id), key).map(drop).map_err(|error| error.to_string())
        }

        fn remove(&self, id: &str) -> Result<(), String> {
            let ring = persistent()?;
            match search(ring, id)? {
                Some(key) => ring.unlink_key(key).map_err(|error| error.to_string()),
                None => Ok(()),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
const NONE: &str = "only the kernel's keyring of Linux is known";

#[cfg(not(target_os = "linux"))]
impl Keyring for SystemKeyring {
    fn get(&self, _id: &str) -> Result<Option<Zeroizing<String>>, String> {
        Err(NONE.to_owned())
    }

    fn set(&self, _id: &str, _key: &str) -> Result<(), String> {
        Err(NONE.to_owned())
    }

    fn remove(&self, _id: &str) -> Result<(), String> {
        Err(NONE.to_owned())
    }
}

#[cfg(test)]
pub(crate) mod memory;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The real one. Where the system has none (many containers), what it says has to be an error and not an empty keyring.
    #[test]
    fn the_kernel_keeps_a_key_and_forgets_it_or_says_why_not() {
        let id = format!("test-{}", std::process::id());
        match SystemKeyring.set(&id, "first") {
            Ok(()) => {
                assert_eq!(SystemKeyring.get(&id).expect("readable").as_deref().map(String::as_str), Some("first"));
                SystemKeyring.set(&id, "second").expect("replaced");
                assert_eq!(SystemKeyring.get(&id).expect("readable").as_deref().map(String::as_str), Some("second"));
                SystemKeyring.remove(&id).expect("removed");
                SystemKeyring.remove(&id).expect("nothing to remove");
                assert!(SystemKeyring.get(&id).expect("readable").is_none());
            }
            Err(reason) => assert!(SystemKeyring.get(&id).is_err_and(|again| !again.is_empty()), "{reason}"),
        }
    }
}
