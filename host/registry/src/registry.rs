//! The operations.

use crate::pull::{self, Pulled};
use crate::push::{self, Pushed, Uploads};
use crate::session::{Action, Session};
use crate::wire::Wire;
use crate::{Access, Artifact, Reference, RegistryError};
use semver::Version;

/// Pushes to and pulls from registries.
pub struct Registry {
    access: Access,
    wire: Wire,
}

impl Registry {
    /// Ready to talk; nothing is sent yet. Takes `ring` as the process's cryptography for TLS where nobody has chosen one.
    ///
    /// # Errors
    ///
    /// When there are no certificate authorities to verify servers with, or those given are none.
    pub fn new(access: Access) -> Result<Self, RegistryError> {
        let wire = Wire::new(&access)?;
        Ok(Self { access, wire })
    }

    /// Pushes a version, in the place of what may be there. The same again changes nothing.
    ///
    /// # Errors
    ///
    /// When the reference has no version, the component is none, something is larger than the limits, or the registry does not take it.
    pub async fn push(&self, reference: &Reference, artifact: &Artifact) -> Result<Pushed, RegistryError> {
        let uploads = Uploads::new(reference, artifact, &self.access.limits)?;
        self.in_time(reference, async {
            let session = Session::open(&self.wire, &self.access, reference, Action::Push).await?;
            push::push(&session, reference, &uploads).await
        })
        .await
    }

    /// Pulls a bundle: the one that belongs to the component there, with the digest that its manifest names.
    ///
    /// # Errors
    ///
    /// When there is no such bundle, the registry does not give it, it is larger than the limits, or not what it should be.
    pub async fn pull(&self, reference: &Reference) -> Result<Pulled, RegistryError> {
        self.in_time(reference, async {
            let session = Session::open(&self.wire, &self.access, reference, Action::Pull).await?;
            pull::pull(&session, reference).await
        })
        .await
    }

    /// The versions in the reference's repository that have a bundle, the oldest first. Which version the reference names is of no
    /// interest. Of a repository with very many tags it is those of the first 10,000.
    ///
    /// # Errors
    ///
    /// When there is no such repository, or the registry does not list it.
    pub async fn versions(&self, reference: &Reference) -> Result<Vec<Version>, RegistryError> {
        self.in_time(reference, async {
            let session = Session::open(&self.wire, &self.access, reference, Action::Pull).await?;
            let missing = || RegistryError::NoSuchRepository { place: reference.place() };
            session.versions().await?.ok_or_else(missing)
        })
        .await
    }

    async fn in_time<T>(
        &self,
        reference: &Reference,
        work: impl Future<Output = Result<T, RegistryError>>,
    ) -> Result<T, RegistryError> {
        let after = self.access.limits.timeout;
        let late = |_| RegistryError::Timeout { reference: Box::new(reference.clone()), after };
        tokio::time::timeout(after, work).await.map_err(late)?
    }
}

#[cfg(test)]
mod tests;
