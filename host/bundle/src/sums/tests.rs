use super::*;

fn digests() -> BTreeMap<String, Digest> {
    ["README.md", "connector.toml", "connector.wasm"].map(|name| (name.to_owned(), Digest::of(name.as_bytes()))).into()
}

fn refusal(text: impl AsRef<[u8]>) -> BundleError {
    check(Path::new("BUNDLE"), text.as_ref(), &digests()).expect_err("must be refused")
}

#[test]
fn the_list_of_these_files_is_taken() {
    check(Path::new("BUNDLE"), list(&digests()).as_bytes(), &digests()).expect("good");
}

#[test]
fn a_file_that_differs_is_named() {
    let text = list(&digests()).replace(&Digest::of(b"connector.wasm").to_string(), &Digest::of(b"another").to_string());
    let error = refusal(text);
    assert!(matches!(&error, BundleError::DigestDiffers { path } if path.ends_with("connector.wasm")), "{error}");
}

#[test]
fn a_file_that_is_missing_on_either_side_is_named() {
    let mut fewer = digests();
    fewer.remove("connector.toml");
    let error = refusal(list(&fewer));
    assert!(matches!(&error, BundleError::NotListed { path } if path.ends_with("connector.toml")), "{error}");
    let mut more = digests();
    more.insert("../extra".to_owned(), Digest::of(b""));
    let error = refusal(list(&more));
    assert!(matches!(&error, BundleError::ListedButMissing { name, .. } if name == "../extra"), "{error}");
    assert!(matches!(refusal(""), BundleError::NotListed { .. }));
}

#[test]
fn a_list_has_one_form() {
    let good = list(&digests());
    let lines: Vec<_> = good.lines().collect();
    for (text, wrong) in [
        (good.replacen("  ", " *", 1), 1),
        (good.replacen("  ", " ", 1), 1),
        (good.replacen(lines[1], "connector.toml", 1), 2),
        (good.to_uppercase(), 1),
        (good.replace('\n', "\r\n"), 1),
        (format!("{good}\n"), 4),
        (format!("{good}{}\n", lines[2]), 4),
        (format!("{}\n{}\n{}\n", lines[1], lines[0], lines[2]), 1),
        (good.trim_end().to_owned(), 4),
    ] {
        let error = refusal(&text);
        assert!(matches!(error, BundleError::DigestList { line, .. } if line == wrong), "{error}: {text}");
    }
    assert!(matches!(refusal([0xff]), BundleError::NotText { .. }));
}
