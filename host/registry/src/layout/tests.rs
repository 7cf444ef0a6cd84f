use super::*;
use crate::Annotations;

fn artifact() -> Artifact {
    Artifact {
        component: wat::parse_str(r#"(component (import "acme:crm/http@1.0.0" (instance)))"#).expect("a component").into(),
        bundle: Bytes::from_static(b"packed"),
        annotations: Annotations {
            title: Some("Example CRM".to_owned()),
            description: Some("Accounts and teams of Example CRM.".to_owned()),
            licenses: Some("Apache-2.0".to_owned()),
            ..Annotations::default()
        },
    }
}

fn uploads() -> (Upload, Upload) {
    let (artifact, version) = (artifact(), Version::parse("1.2.3+build").expect("a version"));
    let wasm = wasm(&artifact, Interfaces::of(&artifact.component).expect("interfaces"), &version).expect("written");
    let bundle = bundle(&artifact, &wasm, &version).expect("written");
    (wasm, bundle)
}

fn pretty(json: &[u8]) -> String {
    serde_json::to_string_pretty(&serde_json::from_slice::<Value>(json).expect("JSON")).expect("written")
}

#[test]
fn the_two_artifacts_look_as_others_expect_them() {
    let (wasm, bundle) = uploads();
    insta::assert_snapshot!([&wasm.manifest, &wasm.blobs[0], &bundle.manifest].map(|json| pretty(json)).join("\n"));
}

#[test]
fn the_same_content_makes_the_same_bytes() {
    let ((wasm, bundle), (again, bundle_again)) = (uploads(), uploads());
    assert_eq!((wasm.manifest, bundle.manifest), (again.manifest, bundle_again.manifest));
}

#[test]
fn what_was_written_is_read() {
    let (wasm, bundle) = uploads();
    assert_eq!(read(&wasm.manifest), Ok(Found::Wasm(Digest::of(&artifact().component))));
    let found = FoundBundle { layer: Digest::of(b"packed"), size: 6, subject: wasm.digest() };
    assert_eq!(read(&bundle.manifest), Ok(Found::Bundle(found)));
}

#[test]
fn what_others_push_is_called_by_its_name() {
    let digest = Digest::of(b"");
    let of = |config: &str, rest: &str| {
        let json = format!(r#"{{"schemaVersion":2,"config":{{"mediaType":"{config}","digest":"{digest}","size":2}}{rest}}}"#);
        read(json.as_bytes())
    };
    let other = |text: &str| Ok(Found::Other(text.to_owned()));
    let image = "application/vnd.oci.image.config.v1+json";
    assert_eq!(of(image, r#","layers":[]"#), other("of the type `application/vnd.oci.image.config.v1+json`"));
    assert_eq!(of(EMPTY, r#","artifactType":"application/x","layers":[]"#), other("of the type `application/x`"));
    assert_eq!(read(br#"{"schemaVersion":2,"manifests":[]}"#), other("a list of images for several platforms"));
    let layer = format!(r#"{{"mediaType":"{WASM_LAYER}","digest":"{digest}","size":0}}"#);
    assert_eq!(of(WASM_CONFIG, &format!(r#","layers":[{layer},{layer}]"#)), other("WebAssembly of several layers"));
}

#[test]
fn broken_manifests_are_told_and_their_text_is_no_terminals() {
    let (_, bundle) = uploads();
    let bundle = String::from_utf8(bundle.manifest.to_vec()).expect("text");
    let layer = format!(r#""digest":"{}""#, Digest::of(b"packed"));
    let texts = [
        String::new(),
        "<html>".to_owned(),
        "[]".to_owned(),
        r#"{"schemaVersion":1}"#.to_owned(),
        r#"{"schemaVersion":2}"#.to_owned(),
        bundle.replace(r#""subject""#, r#""other""#),
        bundle.replace(r#""size":6"#, r#""size":-6"#),
        bundle.replace(BUNDLE_LAYER, "application/x"),
        bundle.replace(&layer, r#""digest":"sha512:\u001b[2J""#),
    ];
    insta::assert_snapshot!(texts.map(|text| read(text.as_bytes()).expect_err(&text)).join("\n"));
}
