//! Step 8: whom to trust, and what it means when a server is not trusted.

use crate::SetupError;
use crate::policy::section;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig};
use rustls_platform_verifier::Verifier;
use std::sync::{Arc, OnceLock};

/// Reading the operating system's authorities takes milliseconds; clients without others of their own share one configuration.
static SYSTEM: OnceLock<ClientConfig> = OnceLock::new();

/// TLS as clients do it: the authorities of the operating system and these beside them; TLS 1.2 and 1.3; HTTP/2 where it is spoken.
pub(crate) fn configuration(app: &str, authorities: &[Vec<u8>]) -> Result<ClientConfig, SetupError> {
    if !authorities.is_empty() {
        return build(app, certificates(app, authorities)?);
    }
    if let Some(shared) = SYSTEM.get() {
        return Ok(shared.clone());
    }
    let built = build(app, Vec::new())?;
    Ok(SYSTEM.get_or_init(|| built).clone())
}

fn build(app: &str, authorities: Vec<CertificateDer<'static>>) -> Result<ClientConfig, SetupError> {
    let failed = |reason: String| SetupError::Transport { app: app.to_owned(), reason };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(authorities, provider.clone()).map_err(|error| match error {
        rustls::Error::InvalidCertificate(_) => {
            SetupError::CertificateAuthorities { app: app.to_owned(), reason: "one of them is damaged".to_owned() }
        }
        error => failed(format!(
            "there are no certificate authorities to verify servers with ({error}). Install those of the operating system \
             (the package is mostly called ca-certificates), or name a file of them in {}: ca = \"ca.pem\"",
            section(app)
        )),
    })?;
    let mut configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(configuration)
}

fn certificates(app: &str, authorities: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let bad = |reason: String| SetupError::CertificateAuthorities { app: app.to_owned(), reason };
    let mut all = Vec::new();
    for pem in authorities {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let found = found.map_err(|error| bad(error.to_string()))?;
        if found.is_empty() {
            return Err(bad("a file has no `-----BEGIN CERTIFICATE-----`".to_owned()));
        }
        all.extend(found);
    }
    Ok(all)
}

/// A TLS error in words that say what to do.
pub(crate) fn explain(error: &rustls::Error, app: &str, host: &str) -> String {
    match error {
        rustls::Error::InvalidCertificate(certificate) => explain_certificate(certificate, app, host),
        rustls::Error::InvalidMessage(_) => {
            format!("{host} does not speak TLS on this port. Check the port, or whether the URL is meant to start with http://")
        }
        rustls::Error::PeerIncompatible(_) => {
            format!("{host} only speaks versions of TLS below 1.2, or none of the safe ciphers")
        }
        rustls::Error::AlertReceived(alert) => format!("{host} broke off the TLS handshake ({alert:?})"),
        other => format!("TLS with {host} failed: {other}"),
    }
}

fn explain_certificate(error: &CertificateError, app: &str, host: &str) -> String {
    match error {
        CertificateError::UnknownIssuer => format!(
            "the certificate of {host} is signed by nobody that this machine trusts (self-signed, or a company's own authority). If it \
             is right, name the authority's file in {}: ca = \"ca.pem\"",
            section(app)
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("the certificate of {host} has expired (or this machine's clock is wrong)")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("the certificate of {host} is not valid yet (or this machine's clock is wrong)")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("the certificate is not for {host}: another server answered, or the URL has the wrong name")
        }
        CertificateError::BadSignature => {
            format!(
                "the certificate of {host} is not signed by the authority that it names: the authority that is trusted has another key"
            )
        }
        CertificateError::Revoked => format!("the certificate of {host} was revoked"),
        other => format!("the certificate of {host} is not accepted: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_no_certificates_are_refused() {
        for pem in [&b""[..], b"hunter2", b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
            let result = configuration("crm", &[pem.to_vec()]);
            assert!(matches!(result, Err(SetupError::CertificateAuthorities { .. })), "{:?}", String::from_utf8_lossy(pem));
        }
        let damaged = b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n".to_vec();
        assert!(matches!(configuration("crm", &[damaged]), Err(SetupError::CertificateAuthorities { .. })));
    }

    #[test]
    fn certificate_errors_say_what_to_do() {
        let errors = [
            CertificateError::UnknownIssuer,
            CertificateError::Expired,
            CertificateError::NotValidYet,
            CertificateError::NotValidForName,
            CertificateError::Revoked,
            CertificateError::BadSignature,
        ];
        let texts = errors.map(|error| explain(&rustls::Error::InvalidCertificate(error), "crm", "crm.example"));
        insta::assert_snapshot!(texts.join("\n"));
    }
}
