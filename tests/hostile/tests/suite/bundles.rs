//! Bundles that nobody answers for, or not those whom the operator trusts.

use innkeeper_bundle::{Bundle, BundleError, Connectors, Grant, Lock, LockError, Publisher, SigningKey, TrustError};
use innkeeper_hostile::{Ground, Held, Shipment, TODAY, attack, key, publisher, trust, trusting, verified};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

fn shipment(ground: &Ground) -> Shipment {
    Shipment::new(ground.component())
}

/// A good bundle, which nobody signed.
fn unsigned(ground: &Ground) -> Bundle {
    shipment(ground).bundle().expect("a good bundle")
}

fn stranger() -> SigningKey {
    SigningKey::generate().expect("the system has randomness")
}

/// The bundle in a folder, with the files altered by the attack.
fn altered(ground: &Ground, bundle: &Bundle, alter: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> PathBuf {
    let mut files = bundle.files().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect();
    alter(&mut files);
    let folder = ground.folder().join("altered");
    fs::create_dir(&folder).expect("made");
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("written");
    }
    folder
}

fn flip(files: &mut BTreeMap<String, Vec<u8>>, name: &str) {
    let bytes = files.get_mut(name).expect("a file of the bundle");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}

#[test]
fn no_signature() {
    attack(async |ground| {
        Held::not_taken(unsigned(ground).verify(&trust(), TODAY), |error| matches!(error, BundleError::NotSigned { .. }))
    });
}

#[test]
fn one_byte_tampered() {
    attack(async |ground| {
        let folder = altered(ground, &unsigned(ground).sign(key()), |files| flip(files, "connector.wasm"));
        Held::not_taken(Bundle::open(&folder), |error| matches!(error, BundleError::DigestDiffers { .. }))
    });
}

#[test]
fn one_byte_tampered_with_digests_to_match() {
    attack(async |ground| {
        let signed = unsigned(ground).sign(key());
        let other = Shipment { readme: b"# Another\n".to_vec(), ..shipment(ground) }.bundle().expect("a good bundle");
        let folder = altered(ground, &other, |files| {
            let signature = signed.files().find(|(name, _)| *name == "SHA256SUMS.sig").expect("a signature").1.to_vec();
            files.insert("SHA256SUMS".to_owned(), other.digest_list().into_bytes());
            files.insert("SHA256SUMS.sig".to_owned(), signature);
        });
        let opened = Bundle::open(&folder).and_then(|bundle| bundle.verify(&trust(), TODAY));
        Held::not_taken(opened, |error| matches!(error, BundleError::SignatureWrong { .. }))
    });
}

#[test]
fn the_key_of_a_stranger() {
    attack(async |ground| {
        let signed = unsigned(ground).sign(&stranger());
        let refused = signed.verify(&trust(), TODAY);
        Held::not_taken(refused, |error| matches!(error, BundleError::Trust(TrustError::Unknown { .. })))
    });
}

#[test]
fn the_name_of_a_trusted_key_on_a_strangers_signature() {
    attack(async |ground| {
        let strange = stranger();
        let folder = altered(ground, &unsigned(ground).sign(&strange), |files| {
            let signature = files.get_mut("SHA256SUMS.sig").expect("a signature");
            let text = String::from_utf8(signature.clone()).expect("text");
            *signature = text.replace(&strange.public().to_string(), &key().public().to_string()).into_bytes();
        });
        let refused = Bundle::open(&folder).and_then(|bundle| bundle.verify(&trust(), TODAY));
        Held::not_taken(refused, |error| matches!(error, BundleError::SignatureWrong { .. }))
    });
}

/// The trusted publisher's own bundle, where trust is as the change makes it.
fn trusted(ground: &Ground, change: impl FnOnce(&mut Publisher), expected: impl FnOnce(&TrustError) -> bool) -> Held {
    let mut example = publisher("example", key(), &["*"]);
    change(&mut example);
    let refused = unsigned(ground).sign(key()).verify(&trusting([example]), TODAY);
    Held::not_taken(refused, |error| matches!(error, BundleError::Trust(error) if expected(error)))
}

#[test]
fn an_expired_key() {
    attack(async |ground| {
        let expire = |example: &mut Publisher| example.expires = TODAY.yesterday().ok();
        trusted(ground, expire, |error| matches!(error, TrustError::Expired { .. }))
    });
}

#[test]
fn a_revoked_key() {
    attack(async |ground| {
        let revoke = |example: &mut Publisher| example.revoked = Some(TODAY);
        trusted(ground, revoke, |error| matches!(error, TrustError::Revoked { .. }))
    });
}

#[test]
fn a_key_that_was_revoked_after_the_installation() {
    attack(async |ground| {
        let connectors = Connectors::open(&ground.folder().join("state")).expect("a folder");
        let bundle = verified(&shipment(ground)).expect("a good bundle");
        let installed = connectors.install(&bundle).expect("installed");
        let mut trust = trust();
        connectors.verified(&installed, &trust).expect("before");
        assert!(trust.revoke(&key().public(), TODAY, None));
        let refused = connectors.verified(&installed, &trust);
        Held::not_taken(refused, |error| matches!(error, BundleError::Trust(TrustError::Revoked { .. })))
    });
}

#[test]
fn the_name_of_another_publisher() {
    attack(async |ground| {
        let other = stranger();
        let trust = trusting([publisher("example", key(), &["*"]), publisher("acme", &other, &["*"])]);
        let refused = unsigned(ground).sign(&other).verify(&trust, TODAY);
        Held::not_taken(refused, |error| matches!(error, BundleError::Trust(TrustError::OtherPublisher { .. })))
    });
}

#[test]
fn a_name_that_the_key_may_not_sign() {
    attack(async |ground| {
        let limit = |example: &mut Publisher| example.connectors = vec!["example-*".parse().expect("a pattern")];
        trusted(ground, limit, |error| matches!(error, TrustError::NotAllowed { .. }))
    });
}

#[test]
fn a_name_that_is_somebody_elses() {
    attack(async |ground| {
        let acme = stranger();
        let trust = trusting([publisher("example", key(), &["*"]), publisher("acme", &acme, &["guest"])]);
        let refused = unsigned(ground).sign(key()).verify(&trust, TODAY);
        Held::not_taken(refused, |error| matches!(error, BundleError::Trust(TrustError::Reserved { .. })))
    });
}

/// Installs and agrees to the good bundle, then has something else in its place.
fn exchanged(ground: &Ground, other: &Shipment) -> Result<(), BundleError> {
    let connectors = Connectors::open(&ground.folder().join("state")).expect("a folder");
    let good = verified(&shipment(ground)).expect("a good bundle");
    let mut lock = Lock::default();
    lock.pin(&good, Grant::all(good.manifest()));
    connectors.install(&good).expect("installed");
    connectors.restore(&verified(other).expect("a good bundle")).expect("put in its place");
    let reference = "guest@1".parse().expect("a reference");
    connectors.load(&reference, "intruder", &lock, &trust()).map(drop)
}

#[test]
fn another_bundle_in_the_place_of_the_one_that_was_agreed_to() {
    attack(async |ground| {
        // Signed by the same trusted publisher, and of the same name and version.
        let other = Shipment { readme: b"# Another\n".to_vec(), ..shipment(ground) };
        Held::not_taken(exchanged(ground, &other), |error| matches!(error, BundleError::Lock(LockError::Changed { .. })))
    });
}

#[test]
fn a_version_with_other_content() {
    attack(async |ground| {
        let connectors = Connectors::open(&ground.folder().join("state")).expect("a folder");
        connectors.install(&verified(&shipment(ground)).expect("a good bundle")).expect("installed");
        let other = Shipment { readme: b"# Another\n".to_vec(), ..shipment(ground) };
        let refused = connectors.install(&verified(&other).expect("a good bundle"));
        Held::not_taken(refused, |error| matches!(error, BundleError::Different { .. }))
    });
}

#[test]
fn a_link_in_the_place_of_a_file() {
    attack(async |ground| {
        let folder = altered(ground, &unsigned(ground), |files| {
            files.remove("README.md");
        });
        std::os::unix::fs::symlink("/etc/passwd", folder.join("README.md")).expect("linked");
        Held::not_taken(Bundle::open(&folder), |error| matches!(error, BundleError::NotAFile { .. }))
    });
}

#[test]
fn a_component_outside_of_the_bundle() {
    attack(async |ground| {
        let mut outside = shipment(ground);
        outside.manifest = outside.manifest.replace("\"connector.wasm\"", "\"../connector.wasm\"");
        Held::not_taken(outside.bundle(), |error| matches!(error, BundleError::Manifest { .. }))
    });
}
