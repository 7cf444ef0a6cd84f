use super::*;
use std::fs;
use std::path::Path;

fn key() -> SigningKey {
    SigningKey::sample(1)
}

fn refusal(result: Result<SigningKey, KeyError>) -> KeyError {
    let Err(error) = result else { panic!("must be refused") };
    error
}

#[test]
fn a_key_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (path, key) = (folder.path().join("acme.pem"), SigningKey::generate().expect("made"));
    key.write(&path).expect("written");
    assert_eq!(SigningKey::read(&path).expect("read").public(), key.public());
    let public = key.public();
    assert_eq!(public.to_string().parse::<PublicKey>().expect("a key"), public);
    let json = serde_json::to_string(&public).expect("written");
    assert_eq!(json, format!("\"{public}\""));
    assert_eq!(serde_json::from_str::<PublicKey>(&json).expect("read"), public);
}

#[test]
fn no_two_keys_are_the_same() {
    assert_ne!(SigningKey::generate().expect("made").public(), SigningKey::generate().expect("made").public());
}

#[test]
fn what_is_no_public_key_is_refused() {
    let good = key().public().to_string();
    let bytes = |bytes: &[u8]| format!("ed25519:{}", STANDARD.encode(bytes));
    // The neutral element, of which everything is a signature.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    // On no curve.
    let outside = (0..=255).map(|byte| bytes(&[byte; 32])).find(|text| text.parse::<PublicKey>().is_err()).expect("half of them");
    for bad in [
        "",
        "ed25519:",
        &good[8..],
        &good[..good.len() - 1],
        &format!("{good}="),
        &format!(" {good}"),
        &format!("{good}\n"),
        &good.replace("ed25519", "ED25519"),
        &bytes(&[1; 31]),
        &bytes(&[1; 33]),
        &bytes(&neutral),
        &outside,
    ] {
        assert!(bad.parse::<PublicKey>().is_err(), "{bad}");
    }
}

#[test]
fn what_is_no_private_key_is_refused_and_not_shown() {
    let (good, public) = (key().to_pem().expect("encoded"), key().public().to_pem().expect("encoded"));
    let body = good.lines().nth(1).expect("three lines");
    let cut = good.replace(body, &body[..20]);
    for bad in ["", "PRIVATE KEY", &cut, &public, &good.replace("PRIVATE KEY", "EC PRIVATE KEY")] {
        let error = refusal(SigningKey::from_pem(bad));
        assert!(matches!(error, KeyError::NotPrivate), "{error}");
        assert!(!error.to_string().contains(&body[..8]), "{error}");
    }
}

#[cfg(unix)]
fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
}

#[cfg(unix)]
#[test]
fn a_key_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("acme.pem");
    key().write(&path).expect("written");
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o620, 0o602, 0o666] {
        chmod(&path, mode);
        let error = refusal(SigningKey::read(&path));
        assert!(matches!(error, KeyError::Permissions { mode: seen, .. } if seen == mode), "{error}");
    }
    for mode in [0o600, 0o400] {
        chmod(&path, mode);
        assert!(SigningKey::read(&path).is_ok(), "{mode:o}");
    }
}

#[test]
fn a_key_is_never_written_over() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("acme.pem");
    fs::write(&path, "something that was there").expect("written");
    assert!(matches!(key().write(&path), Err(KeyError::Exists { .. })));
    assert_eq!(fs::read_to_string(&path).expect("there"), "something that was there");
}

#[cfg(unix)]
#[test]
fn what_is_no_key_file_is_not_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(matches!(refusal(SigningKey::read(folder.path())), KeyError::NotAFile { .. }));
    assert!(matches!(refusal(SigningKey::read(&folder.path().join("missing"))), KeyError::Io { .. }));
    let large = folder.path().join("large");
    fs::File::create(&large).and_then(|file| file.set_len(1 << 40)).expect("a sparse file");
    chmod(&large, 0o600);
    assert!(matches!(refusal(SigningKey::read(&large)), KeyError::NotAFile { .. }));
}

#[test]
fn every_message_says_what_to_do() {
    let path = || Path::new("acme.pem").to_owned();
    let source = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let messages = [
        "acme\u{1b}[2J".parse::<PublicKey>().expect_err("no key"),
        KeyError::NotPrivate,
        KeyError::Encoding,
        KeyError::Exists { path: path() },
        KeyError::Permissions { path: path(), mode: 0o644 },
        KeyError::NotAFile { path: path() },
        KeyError::Io { action: "create", path: path(), source: source() },
    ];
    insta::assert_snapshot!(messages.map(|error| error.to_string()).join("\n"));
}
