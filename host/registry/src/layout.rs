//! What the two artifacts look like.
//!
//! The component's is the CNCF's: <https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/>. The bundle's is an artifact of
//! the OCI image specification 1.1, "Guidelines for Artifact Usage": a type, an empty configuration, a layer, and a subject.

use crate::interfaces::Interfaces;
use crate::{Artifact, Digest};
use bytes::Bytes;
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest};
use semver::Version;
use serde::Serialize;
use serde_json::Value;

const WASM_CONFIG: &str = "application/vnd.wasm.config.v0+json";
const WASM_LAYER: &str = "application/wasm";
const BUNDLE_ARTIFACT: &str = "application/vnd.innkeeper.bundle.v1";
const BUNDLE_LAYER: &str = "application/vnd.innkeeper.bundle.v1.tar+zstd";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// The content of the empty configuration, which may not be left out.
const EMPTY_CONTENT: &[u8] = b"{}";

/// The media type of every manifest here.
pub(crate) const MANIFEST: &str = OCI_IMAGE_MEDIA_TYPE;

/// The manifests that a registry is asked for: those of others too, to be able to say what they are.
pub(crate) const ACCEPT: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, \
     application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json";

/// A manifest and the blobs that it names.
pub(crate) struct Upload {
    pub(crate) manifest: Bytes,
    pub(crate) blobs: Vec<Bytes>,
}

impl Upload {
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(&self.manifest)
    }
}

/// The configuration of a component's artifact.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WasmConfig {
    created: &'static str,
    architecture: &'static str,
    os: &'static str,
    layer_digests: [String; 1],
    component: Interfaces,
}

/// The component's artifact. The same component and annotations make the same bytes.
pub(crate) fn wasm(artifact: &Artifact, interfaces: Interfaces, version: &Version) -> Result<Upload, serde_json::Error> {
    let config = WasmConfig {
        // It may not be left out, and a real one would make something new of the same content.
        created: "1970-01-01T00:00:00Z",
        architecture: "wasm",
        os: "wasip2",
        layer_digests: [Digest::of(&artifact.component).to_string()],
        component: interfaces,
    };
    let config = Bytes::from(serde_json::to_vec(&config)?);
    let manifest = OciImageManifest {
        media_type: Some(MANIFEST.to_owned()),
        config: descriptor(WASM_CONFIG, &config),
        layers: vec![descriptor(WASM_LAYER, &artifact.component)],
        annotations: Some(artifact.annotations.of(version)),
        ..OciImageManifest::default()
    };
    Ok(Upload { manifest: serde_json::to_vec(&manifest)?.into(), blobs: vec![config, artifact.component.clone()] })
}

/// The bundle's artifact.
pub(crate) fn bundle(artifact: &Artifact, wasm: &Upload, version: &Version) -> Result<Upload, serde_json::Error> {
    let empty = Bytes::from_static(EMPTY_CONTENT);
    let manifest = OciImageManifest {
        media_type: Some(MANIFEST.to_owned()),
        artifact_type: Some(BUNDLE_ARTIFACT.to_owned()),
        config: descriptor(EMPTY, &empty),
        layers: vec![descriptor(BUNDLE_LAYER, &artifact.bundle)],
        subject: Some(descriptor(MANIFEST, &wasm.manifest)),
        annotations: Some(artifact.annotations.of(version)),
        ..OciImageManifest::default()
    };
    Ok(Upload { manifest: serde_json::to_vec(&manifest)?.into(), blobs: vec![empty, artifact.bundle.clone()] })
}

fn descriptor(media_type: &str, content: &Bytes) -> OciDescriptor {
    let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
    OciDescriptor { media_type: media_type.to_owned(), digest: Digest::of(content).to_string(), size, ..OciDescriptor::default() }
}

/// What a manifest turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A component alone, and its digest.
    Wasm(Digest),
    /// A bundle.
    Bundle(FoundBundle),
    /// Something that is neither, in words: "a list of images for several platforms".
    Other(String),
}

/// The manifest of a bundle.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FoundBundle {
    /// The packed bundle.
    pub(crate) layer: Digest,
    pub(crate) size: u64,
    /// The manifest of its component's artifact.
    pub(crate) subject: Digest,
}

/// Reads a manifest, or says what is wrong with it.
pub(crate) fn read(manifest: &[u8]) -> Result<Found, String> {
    let value: Value = serde_json::from_slice(manifest).map_err(|error| format!("the manifest is not JSON ({error})"))?;
    if value.get("manifests").is_some() {
        return Ok(Found::Other("a list of images for several platforms".to_owned()));
    }
    if value["schemaVersion"] != 2 {
        return Err("the manifest is of no version that is known".to_owned());
    }
    let manifest: OciImageManifest = serde_json::from_value(value).map_err(|error| format!("the manifest is wrong ({error})"))?;
    let layers: Vec<&str> = manifest.layers.iter().map(|layer| layer.media_type.as_str()).collect();
    match (manifest.artifact_type.as_deref(), manifest.config.media_type.as_str(), &layers[..]) {
        (Some(BUNDLE_ARTIFACT), _, [BUNDLE_LAYER]) => {
            let layer = &manifest.layers[0];
            let subject = manifest.subject.as_ref().ok_or("the bundle's manifest has no subject")?;
            let size = u64::try_from(layer.size).map_err(|_| "the size of the bundle is less than nothing")?;
            Ok(Found::Bundle(FoundBundle { layer: digest(layer)?, size, subject: digest(subject)? }))
        }
        (Some(BUNDLE_ARTIFACT), ..) => Err("the bundle's manifest has other layers than the bundle".to_owned()),
        (_, WASM_CONFIG, [WASM_LAYER]) => Ok(Found::Wasm(digest(&manifest.layers[0])?)),
        (_, WASM_CONFIG, _) => Ok(Found::Other("WebAssembly of several layers".to_owned())),
        (artifact, config, _) => Ok(Found::Other(format!("of the type `{}`", crate::body::shown(artifact.unwrap_or(config))))),
    }
}

fn digest(descriptor: &OciDescriptor) -> Result<Digest, String> {
    let wrong = |reason| format!("the manifest names `{}`: {reason}", crate::body::shown(&descriptor.digest));
    descriptor.digest.parse().map_err(wrong)
}

#[cfg(test)]
mod tests;
