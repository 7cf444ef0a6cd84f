//! Small collections of decisions and notes: approvals, pauses, temporary grants, tasks.
//!
//! What a collection is about is its owner's business: the store keeps JSON by name and key, atomically with whatever else is
//! remembered at the same time.

use crate::{Mutation, Store, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// A collection of values of one type, by key.
#[derive(Debug)]
pub struct Register<T> {
    name: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Register<T> {
    /// The collection of this name; no two collections have the same one.
    pub const fn new(name: &'static str) -> Self {
        Self { name, of: PhantomData }
    }

    /// Everything in it, by key.
    ///
    /// # Errors
    /// When the store cannot be read, or holds something that is not of this type.
    pub async fn all(&self, store: &dyn Store) -> Result<BTreeMap<String, T>, StoreError> {
        let mut all = BTreeMap::new();
        for (key, value) in store.register(self.name).await? {
            let value = serde_json::from_str(&value).map_err(|error| self.damaged(&key, &error))?;
            all.insert(key, value);
        }
        Ok(all)
    }

    /// One of them.
    ///
    /// # Errors
    /// As [`Register::all`].
    pub async fn get(&self, store: &dyn Store, key: &str) -> Result<Option<T>, StoreError> {
        Ok(self.all(store).await?.remove(key))
    }

    /// Puts a value in, or in the place of the one that has the key.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn put(&self, key: impl Into<String>, value: &T) -> Result<Mutation, StoreError> {
        let key = key.into();
        let value = serde_json::to_string(value).map_err(|error| self.damaged(&key, &error))?;
        Ok(Mutation::Enter { register: self.name.to_owned(), key, value })
    }

    /// Takes a value out.
    pub fn remove(&self, key: impl Into<String>) -> Mutation {
        Mutation::Strike { register: self.name.to_owned(), key: key.into() }
    }

    fn damaged(&self, key: &str, error: &serde_json::Error) -> StoreError {
        StoreError::Entry { register: self.name, key: key.to_owned(), message: error.to_string() }
    }
}
