//! To a registry.

use crate::interfaces::Interfaces;
use crate::layout::{self, MANIFEST, Upload};
use crate::reference::{bundle_tag, tag};
use crate::session::{Pass, Session};
use crate::{Artifact, Digest, Pick, Reference, RegistryError, body};
use bytes::Bytes;
use futures::stream;
use oci_client::client::{Certificate, CertificateEncoding, ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use oci_client::token_cache::RegistryTokenType;
use oci_client::{Client, RegistryOperation};
use reqwest::header::HeaderValue;
use semver::Version;

/// What was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The digest that names this bundle for good, and its component with it: `oci://HOST/PATH/NAME@DIGEST`.
    pub digest: Digest,
    /// The digest of the component's artifact, for other tools.
    pub component_artifact: Digest,
}

pub(crate) async fn push(session: &Session<'_>, reference: &Reference, upload: &Uploads) -> Result<Pushed, RegistryError> {
    let library = Library::new(session).await?;
    for blob in upload.bundle.blobs.iter().chain(&upload.wasm.blobs) {
        let digest = Digest::of(blob);
        if !session.has_blob(digest).await? {
            library.blob(blob, digest).await?;
        }
    }
    // The version comes last: whoever finds it finds all of it.
    library.manifest(&bundle_tag(&upload.version), &upload.bundle).await?;
    library.manifest(&tag(&upload.version), &upload.wasm).await?;
    for (tag, sent) in [(bundle_tag(&upload.version), &upload.bundle), (tag(&upload.version), &upload.wasm)] {
        if session.manifest(&tag).await?.is_none_or(|kept| Digest::of(&kept) != sent.digest()) {
            return Err(RegistryError::NotKept { host: session.host.to_string(), reference: Box::new(reference.clone()) });
        }
    }
    Ok(Pushed { digest: upload.bundle.digest(), component_artifact: upload.wasm.digest() })
}

/// All that is pushed for a version.
pub(crate) struct Uploads {
    version: Version,
    wasm: Upload,
    bundle: Upload,
}

impl Uploads {
    /// Prepares it: what nobody could pull again is not pushed.
    pub(crate) fn new(reference: &Reference, artifact: &Artifact, limits: &crate::Limits) -> Result<Self, RegistryError> {
        let Pick::Version(version) = &reference.pick else {
            return Err(RegistryError::NeedsVersion { reference: Box::new(reference.clone()), place: reference.place() });
        };
        let check = |what, content: &Bytes, limit| match content.len() as u64 {
            size if size > limit => Err(RegistryError::TooLargeToPush { what, size, limit }),
            _ => Ok(()),
        };
        check("the component", &artifact.component, limits.component_bytes)?;
        check("the bundle", &artifact.bundle, limits.bundle_bytes)?;
        let interfaces = Interfaces::of(&artifact.component).map_err(|reason| RegistryError::NotAComponent { reason })?;
        let unwritable = |error: serde_json::Error| RegistryError::NotAComponent { reason: error.to_string() };
        let wasm = layout::wasm(artifact, interfaces, version).map_err(unwritable)?;
        let bundle = layout::bundle(artifact, &wasm, version).map_err(unwritable)?;
        for upload in [&wasm, &bundle] {
            check("the manifest, with its annotations,", &upload.manifest, limits.manifest_bytes)?;
        }
        Ok(Self { version: version.clone(), wasm, bundle })
    }
}

/// `oci-client`, let in already: it asks nobody for a token by itself.
struct Library<'a> {
    client: Client,
    session: &'a Session<'a>,
}

impl<'a> Library<'a> {
    async fn new(session: &'a Session<'a>) -> Result<Self, RegistryError> {
        let setup = |reason: String| RegistryError::Setup { reason };
        // It makes such a client on its way, and panics where that fails.
        reqwest::Client::builder().build().map_err(|error| setup(error.to_string()))?;
        let access = session.access;
        let pem = |data: &Vec<u8>| Certificate { encoding: CertificateEncoding::Pem, data: data.clone() };
        let config = ClientConfig {
            protocol: if session.is_plain() { ClientProtocol::Http } else { ClientProtocol::Https },
            use_monolithic_push: true,
            extra_root_certificates: access.certificate_authorities.iter().map(pem).collect(),
            connect_timeout: Some(access.limits.connect_timeout),
            // A proxy of its own and nothing that it is for: otherwise it takes the environment's.
            http_proxy: Some("http://127.0.0.1".to_owned()),
            no_proxy: Some("*,0.0.0.0/0,::/0".to_owned()),
            user_agent: crate::wire::USER_AGENT,
            ..ClientConfig::default()
        };
        let client = Client::try_from(config).map_err(|error| setup(error.to_string()))?;
        let library = Self { client, session };
        let host = session.host.as_str();
        match &session.pass {
            // Without anything in store it sends nothing.
            Pass::Nothing => {}
            Pass::Token(token) => {
                library.client.store_auth_if_needed(host, &RegistryAuth::Bearer(token.expose().to_owned())).await;
            }
            Pass::Password(login) => {
                let pair = RegistryTokenType::Basic(login.user.clone(), login.secret.expose().to_owned());
                library.client.store_auth_if_needed(host, &RegistryAuth::Anonymous).await;
                library.client.tokens.insert(&library.reference(""), RegistryOperation::Push, pair).await;
            }
        }
        Ok(library)
    }

    fn reference(&self, tag: &str) -> oci_client::Reference {
        oci_client::Reference::with_tag(self.session.host.to_string(), self.session.repository.to_owned(), tag.to_owned())
    }

    async fn blob(&self, content: &Bytes, digest: Digest) -> Result<(), RegistryError> {
        let size = content.len() as u64;
        let stream = stream::iter([Ok(content.clone())]);
        let pushed = self.client.push_blob_stream(&self.reference(""), stream, &digest.to_string(), Some(size)).await;
        pushed.map(drop).map_err(|error| self.explain(error))
    }

    async fn manifest(&self, tag: &str, upload: &Upload) -> Result<(), RegistryError> {
        let media_type = HeaderValue::from_static(MANIFEST);
        let pushed = self.client.push_manifest_raw(&self.reference(tag), upload.manifest.clone(), media_type).await;
        pushed.map(drop).map_err(|error| self.explain(error))
    }

    fn explain(&self, error: OciDistributionError) -> RegistryError {
        let host = self.session.host.to_string();
        match error {
            OciDistributionError::ServerError { code, message, .. } => {
                self.session.refused(host, code, &body::words(message.as_bytes()))
            }
            OciDistributionError::UnauthorizedError { .. } => self.session.refused(host, 401, ""),
            OciDistributionError::RequestError(error) => crate::wire::explain(&error, &host),
            other => self.session.protocol(&body::shown(&other.to_string())),
        }
    }
}
