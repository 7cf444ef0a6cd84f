//! What Innkeeper signs, other programs can check, and the other way about.

use super::*;
use std::process::Command;

/// Runs a program that every machine of ours has, in the folder; says whether it was content.
fn run(folder: &TempDir, program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).current_dir(folder.path()).output().expect("the program is there");
    output.status.success()
}

fn verify(folder: &TempDir) -> bool {
    run(folder, "openssl", &["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", SUMS, "-sigfile", "raw"])
}

#[test]
fn openssl_checks_a_signature_and_sha256sum_the_files() {
    let bundle = signed("scim", "0.1.0");
    let folder = laid_out(&bundle);
    let signature = bundle.signature().expect("signed");
    fs::write(folder.path().join("public.pem"), signature.key().to_pem().expect("encoded")).expect("written");
    fs::write(folder.path().join("raw"), signature.to_bytes()).expect("written");
    assert!(verify(&folder));
    assert!(run(&folder, "sha256sum", &["--check", "--strict", SUMS]));

    fs::write(folder.path().join(SUMS), bundle.digest_list() + "\n").expect("written");
    assert!(!verify(&folder));
    fs::write(folder.path().join("README.md"), "another").expect("written");
    assert!(!run(&folder, "sha256sum", &["--check", SUMS]));
}

#[test]
fn openssl_reads_our_keys_and_we_read_its() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ours = SigningKey::generate().expect("made");
    ours.write(&folder.path().join("ours.pem")).expect("written");
    assert!(run(&folder, "openssl", &["pkey", "-in", "ours.pem", "-pubout", "-out", "public.pem"]));
    let public = fs::read_to_string(folder.path().join("public.pem")).expect("made");
    assert_eq!(public, ours.public().to_pem().expect("encoded"));

    assert!(run(&folder, "openssl", &["genpkey", "-algorithm", "ed25519", "-out", "theirs.pem"]));
    let theirs = SigningKey::read(&folder.path().join("theirs.pem")).expect("a key, closed to others");
    assert!(run(&folder, "openssl", &["pkey", "-in", "theirs.pem", "-pubout", "-out", "public.pem"]));
    let public = fs::read_to_string(folder.path().join("public.pem")).expect("made");
    assert_eq!(public, theirs.public().to_pem().expect("encoded"));
}

#[test]
fn what_openssl_signed_is_a_signature() {
    let folder = laid_out(&unsigned("scim", "0.1.0"));
    key().write(&folder.path().join("acme.pem")).expect("written");
    assert!(run(&folder, "openssl", &["pkeyutl", "-sign", "-inkey", "acme.pem", "-rawin", "-in", SUMS, "-out", "raw"]));
    let raw = fs::read(folder.path().join("raw")).expect("made");
    assert_eq!(raw, signed("scim", "0.1.0").signature().expect("signed").to_bytes());
}
