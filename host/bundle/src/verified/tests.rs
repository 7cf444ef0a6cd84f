use super::*;
use crate::samples::{TODAY, folder, key, manifest, publisher, signed, trust, trusting, unsigned, verified};
use crate::{SigningKey, TrustError};
use jiff::civil::date;
use std::fs;

fn refusal(bundle: Bundle, trust: &Trust) -> BundleError {
    let installed = bundle.clone().verify_installed(trust).expect_err("must be refused").to_string();
    let error = bundle.verify(trust, TODAY).expect_err("must be refused");
    // What is installed is refused for the same reason as what is to be installed, unless the reason is the day.
    assert_eq!(error.to_string(), installed);
    error
}

#[test]
fn a_bundle_that_a_trusted_key_signed_is_verified() {
    let bundle = verified("crm", "0.1.0");
    assert_eq!((bundle.publisher(), *bundle.key()), ("acme", key().public()));
    assert_eq!(bundle.manifest().name.as_str(), "crm");
    signed("crm", "0.1.0").verify_installed(&trust()).expect("trusted");
}

#[test]
fn what_nobody_signed_is_refused_whoever_is_trusted() {
    assert!(matches!(refusal(unsigned("crm", "0.1.0"), &trust()), BundleError::NotSigned { .. }));
}

#[test]
fn a_signature_of_other_files_is_refused() {
    let folder = folder("crm", "0.1.0");
    for (name, bytes) in signed("crm", "0.1.0").files() {
        fs::write(folder.path().join(name), bytes).expect("written");
    }
    // All consistent, but for the signature.
    fs::write(folder.path().join("README.md"), "# Another\n").expect("written");
    fs::remove_file(folder.path().join("SHA256SUMS")).expect("there");
    fs::remove_file(folder.path().join("SHA256SUMS.sig")).expect("there");
    let altered = Bundle::open(folder.path()).expect("consistent");
    fs::write(folder.path().join("SHA256SUMS"), altered.digest_list()).expect("written");
    let signature = signed("crm", "0.1.0").signature().expect("signed").to_string();
    fs::write(folder.path().join("SHA256SUMS.sig"), &signature).expect("written");
    let altered = Bundle::open(folder.path()).expect("consistent");
    assert!(matches!(refusal(altered, &trust()), BundleError::SignatureWrong { key: seen, .. } if seen == key().public()));

    // The signature of one key under the name of another.
    let mallory = SigningKey::sample(9);
    let theirs = unsigned("crm", "0.1.0").sign(&mallory).signature().expect("signed").to_string();
    let renamed = theirs.replace(&mallory.public().to_string(), &key().public().to_string());
    let clean = unsigned("crm", "0.1.0");
    for (name, bytes) in clean.files() {
        fs::write(folder.path().join(name), bytes).expect("written");
    }
    fs::write(folder.path().join("SHA256SUMS.sig"), renamed).expect("written");
    let renamed = Bundle::open(folder.path()).expect("consistent");
    assert!(matches!(refusal(renamed, &trust()), BundleError::SignatureWrong { .. }));
}

#[test]
fn a_wrong_signature_by_an_unknown_key_is_a_wrong_signature() {
    let folder = folder("crm", "0.1.0");
    let other = unsigned("crm", "0.2.0").sign(&SigningKey::sample(9));
    for (name, bytes) in unsigned("crm", "0.1.0").files() {
        fs::write(folder.path().join(name), bytes).expect("written");
    }
    fs::write(folder.path().join("SHA256SUMS.sig"), other.signature().expect("signed").to_string()).expect("written");
    let bundle = Bundle::open(folder.path()).expect("consistent");
    // Nobody is asked to trust a key that signed nothing of it.
    assert!(matches!(refusal(bundle, &Trust::default()), BundleError::SignatureWrong { .. }));
}

#[test]
fn an_unknown_key_is_refused() {
    let error = refusal(signed("crm", "0.1.0"), &Trust::default());
    assert!(matches!(error, BundleError::Trust(TrustError::Unknown { key: seen, .. }) if seen == key().public()));
    let stranger = unsigned("crm", "0.1.0").sign(&SigningKey::sample(9));
    assert!(matches!(refusal(stranger, &trust()), BundleError::Trust(TrustError::Unknown { .. })));
}

#[test]
fn a_revoked_key_installs_and_runs_nothing_whatever_the_day() {
    for day in [date(2020, 1, 1), TODAY, date(2100, 1, 1)] {
        let mut trust = trust();
        assert!(trust.revoke(&key().public(), day, Some("stolen".to_owned())));
        let error = refusal(signed("crm", "0.1.0"), &trust);
        assert!(matches!(&error, BundleError::Trust(TrustError::Revoked { revoked, .. }) if *revoked == day), "{error}");
        assert!(error.to_string().contains(&format!("revoked on {day} (stolen)")), "{error}");
    }
}

#[test]
fn an_expired_key_installs_nothing_new_and_what_is_installed_goes_on() {
    let trust = trusting([crate::Publisher { expires: Some(date(2026, 11, 20)), ..publisher("acme", &key(), &["*"]) }]);
    let bundle = || signed("crm", "0.1.0");
    bundle().verify(&trust, date(2026, 11, 20)).expect("its last day");
    let error = bundle().verify(&trust, date(2026, 11, 21)).expect_err("expired");
    assert!(matches!(error, BundleError::Trust(TrustError::Expired { .. })), "{error}");
    bundle().verify_installed(&trust).expect("installed before");
}

#[test]
fn a_bundle_in_the_name_of_another_publisher_is_refused() {
    let folder = folder("crm", "0.1.0");
    let text = manifest("crm", "0.1.0").replace("\"acme\"", "\"example\"");
    fs::write(folder.path().join("connector.toml"), text).expect("written");
    let bundle = Bundle::open(folder.path()).expect("good").sign(&key());
    let error = refusal(bundle, &trust());
    assert!(matches!(&error, BundleError::Trust(TrustError::OtherPublisher { claimed, .. }) if claimed.as_str() == "example"));
}

#[test]
fn a_key_signs_no_other_names_than_it_may() {
    let trust = trusting([publisher("acme", &key(), &["acme-*", "mail"])]);
    for name in ["acme-crm", "mail"] {
        signed(name, "0.1.0").verify(&trust, TODAY).expect(name);
    }
    for name in ["crm", "acme", "acmecrm", "mails"] {
        assert!(matches!(refusal(signed(name, "0.1.0"), &trust), BundleError::Trust(TrustError::NotAllowed { .. })), "{name}");
    }
}

#[test]
fn every_message_says_what_to_do() {
    let name = || "crm".parse().expect("a name");
    let version = || "0.1.0".parse().expect("a version");
    let errors = [
        BundleError::NotSigned { name: name(), version: version() },
        BundleError::SignatureWrong { name: name(), version: version(), key: key().public() },
        BundleError::NotListed { path: "BUNDLE/LICENSE".into() },
        BundleError::ListedButMissing { path: "BUNDLE/SHA256SUMS".into(), name: "LICENSE".to_owned() },
        BundleError::DigestDiffers { path: "BUNDLE/README.md".into() },
        BundleError::DigestList { path: "BUNDLE/SHA256SUMS".into(), line: 2 },
        BundleError::SignatureForm { path: "BUNDLE/SHA256SUMS.sig".into(), message: "it must end after its third line" },
        BundleError::Component { path: "BUNDLE/connector.wasm".into(), message: "unexpected end (at byte 8)".to_owned() },
        BundleError::NotAFile { path: "BUNDLE/README.md".into() },
    ];
    insta::assert_snapshot!(errors.map(|error| error.to_string()).join("\n"));
}
