use super::*;
use proptest::prelude::*;

const DIGEST: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn read(text: &str) -> Result<Reference, String> {
    text.parse().map_err(|error: ReferenceError| error.to_string())
}

#[test]
fn a_reference_is_written_as_it_was_read() {
    for text in [
        "oci://registry.example/crm:1.2.3",
        "oci://registry.example:5000/acme/connectors/crm-next:1.2.3-rc.1+build.7",
        "oci://localhost:5000/a__b/c.d/e---f:0.1.0",
        "oci://[::1]:5000/acme/crm:1.0.0",
        &format!("oci://127.0.0.1:5000/acme/crm@{DIGEST}"),
    ] {
        assert_eq!(read(text).expect("a reference").to_string(), text);
    }
}

#[test]
fn a_plus_becomes_an_underscore_in_a_tag_and_is_read_back() {
    let Pick::Version(version) = read("oci://registry.example/crm:1.2.3+build.7").expect("a reference").pick else { panic!() };
    assert_eq!((tag(&version), bundle_tag(&version)), ("1.2.3_build.7".to_owned(), "1.2.3_build.7.bundle".to_owned()));
    assert_eq!(bundle_version("1.2.3_build.7.bundle"), Some(version.clone()));
    assert_eq!(read("oci://registry.example/crm:1.2.3_build.7").expect("as the tag").pick, Pick::Version(version));
    for other in ["1.2.3", "latest.bundle", ".bundle", "1.2.bundle", "1.2.3.bundle.bundle"] {
        assert_eq!(bundle_version(other), None, "{other}");
    }
}

#[test]
fn every_mistake_is_called_by_its_name() {
    let long = "a".repeat(256);
    let texts = [
        "",
        "registry.example/crm:1.0.0",
        "https://registry.example/crm:1.0.0",
        "oci://registry.example",
        "oci:///crm:1.0.0",
        "oci://registry.example/:1.0.0",
        "oci://registry.example//crm:1.0.0",
        "oci://registry.example/crm/:1.0.0",
        "oci://registry.example/Crm:1.0.0",
        "oci://registry.example/../crm:1.0.0",
        "oci://registry.example/a___b:1.0.0",
        "oci://registry.example/crm",
        "oci://registry.example/crm:",
        "oci://registry.example/crm:latest",
        "oci://registry.example/crm:1.0",
        "oci://registry.example/crm:v1.0.0",
        "oci://registry.example/crm:1.0.0?x=1",
        "oci://registry.example/crm:1.0.0-rc.bundle",
        "oci://registry.example/crm@sha256:ba7816bf",
        "oci://registry.example/crm@latest",
        &format!("oci://registry.example/crm:1.0.0@{DIGEST}"),
        "oci://0x7f.1/crm:1.0.0",
        "oci://user:hunter2@registry.example/crm:1.0.0",
    ];
    let shown = texts.map(|text| read(text).expect_err(text).split(". Write oci://").next().unwrap_or_default().to_owned());
    insta::assert_snapshot!(shown.join("\n"));
    assert!(read(&format!("oci://registry.example/{long}:1.0.0")).expect_err("too long").contains("more than 255"));
    assert!(read(&format!("oci://registry.example/crm:1.0.0-{}", &long[..120])).expect_err("too long").contains("more than 121"));
}

#[test]
fn a_mistake_ends_with_what_to_write() {
    let advice = ". Write oci://HOST[:PORT]/PATH/NAME:1.2.3, or oci://HOST[:PORT]/PATH/NAME@sha256:DIGEST";
    let text = read("oci://registry.example/crm").expect_err("no version");
    assert_eq!(text, format!("`oci://registry.example/crm` is not a bundle in a registry: it has no version{advice}"));
}

proptest! {
    #[test]
    fn nothing_makes_the_parser_panic_and_what_it_takes_is_written_to_read_the_same(
        text in "(oci://)?[a-zA-Z0-9:/@._+\\[\\]-]{0,60}") {
        if let Ok(reference) = text.parse::<Reference>() {
            prop_assert_eq!(reference.to_string().parse::<Reference>(), Ok(reference));
        }
    }

    #[test]
    fn what_is_put_together_right_is_taken(
        path in "[a-z0-9]{1,5}((\\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}(/[a-z0-9]{1,5}){0,3}",
        version in "(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]?)\\.(0|[1-9][0-9]?)(-rc\\.[1-9])?(\\+[a-z]{1,5})?",
        port in 1u16..,
    ) {
        let text = format!("oci://registry.example:{port}/{path}:{version}");
        let reference: Reference = text.parse().map_err(|error: ReferenceError| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(reference.repository(), path);
        let Pick::Version(picked) = &reference.pick else { panic!("a version") };
        prop_assert!(tag(picked).bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)));
    }
}
