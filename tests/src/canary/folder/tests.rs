use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use tempfile::TempDir;

use super::*;
use crate::canary::ALLOWED;

fn secret() -> String {
    format!("xoxp-{WORD}-0042")
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, content).expect("written");
    }
    folder
}

fn places(files: &[(&str, &[u8])]) -> Vec<(String, usize, String)> {
    let found = search(folder(files).path(), ALLOWED).expect("readable");
    assert_eq!(found.files, files.len());
    found.places.into_iter().map(|place| (place.file, place.offset, place.encoding)).collect()
}

fn encoded(each: impl Fn(u8) -> String) -> Vec<u8> {
    secret().bytes().map(each).collect::<String>().into_bytes()
}

#[test]
fn a_secret_is_found_in_every_encoding() {
    let utf16 = |order: fn(u16) -> [u8; 2]| secret().encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let mut planted: Vec<(&str, Vec<u8>)> = vec![
        ("plain", secret().into_bytes()),
        ("capitals", secret().to_uppercase().into_bytes()),
        ("JSON", encoded(|byte| format!("\\u{byte:04x}"))),
        ("JSON", encoded(|byte| format!("\\u{byte:04X}"))),
        ("percent", encoded(|byte| format!("%{byte:02x}"))),
        ("percent", encoded(|byte| format!("%{byte:02X}"))),
        ("hexadecimal", encoded(|byte| format!("{byte:02x}"))),
        ("hexadecimal", encoded(|byte| format!("{byte:02X}"))),
        ("UTF-16", utf16(u16::to_le_bytes)),
        ("UTF-16", utf16(u16::to_be_bytes)),
    ];
    for before in ["", "a", "ab", "user:"] {
        for after in ["", "z", "zz"] {
            let text = format!("{before}{}{after}", secret());
            planted.push(("base64", STANDARD.encode(&text).into_bytes()));
            planted.push(("base64", URL_SAFE.encode(&text).into_bytes()));
        }
    }
    for (encoding, bytes) in planted {
        let found = places(&[("a/b.log", &[b"{\"said\": \"", bytes.as_slice(), b"\"}"].concat())]);
        assert!(found.iter().any(|(file, _, how)| file == "a/b.log" && how == encoding), "{encoding}: {found:?}");
    }
}

/// For a text whose base64 has one of the two characters in which the alphabets differ.
#[test]
fn both_alphabets_of_base64_are_looked_for() {
    let text = "key???>>>";
    for encoded in [STANDARD.encode(text), URL_SAFE.encode(text)] {
        let needles = needles::of(text);
        assert!(needles.iter().any(|needle| needle.find(encoded.as_bytes()).is_some()), "{encoded}");
    }
}

#[test]
fn the_place_is_where_it_stands() {
    assert_eq!(places(&[("log", format!("0123{WORD}").as_bytes())]), [("log".to_owned(), 4, "plain".to_owned())]);
}

#[test]
fn a_folder_without_a_secret_passes() {
    let near = &WORD[1..];
    let files: &[(&str, &[u8])] =
        &[("innkeeper.toml", b"[app.github]"), ("state/innkeeper.db", &[0; 5000]), ("log", near.as_bytes()), ("empty", b"")];
    assert_eq!(places(files), []);
}

#[test]
fn what_is_allowed_hides_no_neighbour() {
    let secret = secret();
    let secret = secret.as_bytes();
    let found = places(&[
        ("token", secret),
        ("token.bak", secret),
        ("a/token", secret),
        ("google-key.json", secret),
        ("google-key", secret),
    ]);
    let files: Vec<_> = found.iter().map(|(file, ..)| file.as_str()).collect();
    assert_eq!(files, ["a/token", "google-key", "token.bak"]);
}

#[test]
fn every_exception_has_a_reason_and_names_one_file() {
    for allowed in ALLOWED {
        assert!(!allowed.reason.is_empty() && !allowed.path.contains('*') && !allowed.path.ends_with('/'), "{allowed:?}");
    }
}

#[test]
fn a_name_and_the_target_of_a_link_are_looked_at() {
    let folder = folder(&[(&format!("cache/{WORD}.json"), b"{}")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(format!("/nowhere/{WORD}"), folder.path().join("link")).expect("linked");
    let found = search(folder.path(), ALLOWED).expect("readable");
    let files: Vec<_> = found.places.iter().map(|place| place.file.as_str()).collect();
    let name = format!("the name of cache/{WORD}.json");
    assert_eq!(files, if cfg!(unix) { vec!["link", &name] } else { vec![name.as_str()] });
}
