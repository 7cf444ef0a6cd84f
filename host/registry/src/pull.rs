//! From a registry.

use crate::layout::{self, Found, FoundBundle};
use crate::reference::{bundle_tag, tag};
use crate::session::Session;
use crate::{Digest, Pick, Reference, RegistryError};
use bytes::Bytes;
use semver::Version;

/// What was pulled. Nobody has verified its signature yet.
#[derive(Clone, Debug)]
pub struct Pulled {
    /// The packed bundle, as it was pushed.
    pub bundle: Bytes,
    /// The digest of the component that the registry has beside it. That the one in the bundle is the same is for whoever unpacks it to
    /// compare.
    pub component_digest: Digest,
    /// The digest that names this bundle for good: `oci://HOST/PATH/NAME@DIGEST`.
    pub digest: Digest,
}

pub(crate) async fn pull(session: &Session<'_>, reference: &Reference) -> Result<Pulled, RegistryError> {
    let (digest, found, component_digest) = match &reference.pick {
        Pick::Version(version) => by_version(session, reference, version).await?,
        Pick::Digest(digest) => by_digest(session, reference, *digest).await?,
    };
    let bundle = session.blob("the bundle", found.layer, found.size, session.access.limits.bundle_bytes).await?;
    Ok(Pulled { bundle, component_digest, digest })
}

/// The bundle's manifest and its digest, and that of the component.
type Manifests = (Digest, FoundBundle, Digest);

/// First the component, as every tool would find it, and then the bundle that is said to be its.
async fn by_version(session: &Session<'_>, reference: &Reference, version: &Version) -> Result<Manifests, RegistryError> {
    let boxed = || Box::new(reference.clone());
    let Some(wasm) = session.manifest(&tag(version)).await? else {
        return Err(match session.versions().await? {
            Some(versions) => RegistryError::NoSuchVersion { reference: boxed(), versions },
            None => RegistryError::NoSuchRepository { place: reference.place() },
        });
    };
    let component = wasm_layer(session, reference, &wasm)?;
    let manifest = session.manifest(&bundle_tag(version)).await?.ok_or_else(|| RegistryError::NoBundle { reference: boxed() })?;
    let found = match read(session, &manifest)? {
        Found::Bundle(found) => found,
        Found::Wasm(_) => return Err(RegistryError::NoBundle { reference: boxed() }),
        Found::Other(found) => return Err(RegistryError::NotWasm { reference: boxed(), found }),
    };
    let is = Digest::of(&wasm);
    if found.subject != is {
        return Err(RegistryError::AnotherBundle { reference: boxed(), subject: found.subject, component: is });
    }
    Ok((Digest::of(&manifest), found, component))
}

/// The other way round: the digest is the bundle's, and everything else follows from it.
async fn by_digest(session: &Session<'_>, reference: &Reference, digest: Digest) -> Result<Manifests, RegistryError> {
    let boxed = || Box::new(reference.clone());
    let missing = || RegistryError::NoSuchDigest { reference: boxed() };
    let manifest = session.manifest(&digest.to_string()).await?.ok_or_else(missing)?;
    let found = match read(session, &manifest)? {
        Found::Bundle(found) => found,
        Found::Wasm(_) => return Err(RegistryError::NoBundle { reference: boxed() }),
        Found::Other(found) => return Err(RegistryError::NotWasm { reference: boxed(), found }),
    };
    let wasm = session.manifest(&found.subject.to_string()).await?.ok_or_else(missing)?;
    let component = wasm_layer(session, reference, &wasm)?;
    Ok((digest, found, component))
}

fn wasm_layer(session: &Session<'_>, reference: &Reference, manifest: &[u8]) -> Result<Digest, RegistryError> {
    let found = match read(session, manifest)? {
        Found::Wasm(component) => return Ok(component),
        Found::Bundle(_) => "a bundle where its component should be".to_owned(),
        Found::Other(found) => found,
    };
    Err(RegistryError::NotWasm { reference: Box::new(reference.clone()), found })
}

fn read(session: &Session<'_>, manifest: &[u8]) -> Result<Found, RegistryError> {
    layout::read(manifest).map_err(|reason| session.protocol(&reason))
}
