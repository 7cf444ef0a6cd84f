use super::*;
use crate::samples;
use proptest::prelude::*;

fn manifest(more: &str) -> Manifest {
    let text = samples::manifest("crm", "0.1.0").replace("[configuration]", &format!("{more}\n[configuration]"));
    Manifest::parse(&text).expect("a good manifest")
}

const EXPORT: &str =
    "[credentials.export]\nschemes = [\"bearer\", \"service-account\"]\ntoken-url = \"https://token.example.com\"";

fn shown(wishes: &[Wish]) -> Vec<String> {
    wishes.iter().map(ToString::to_string).collect()
}

#[test]
fn everything_that_is_asked_for_misses_nothing() {
    let manifest = manifest(&format!(
        "[[hosts]]\nurl = \"https://files.example.com\"\nmethods = [\"GET\"]\n{EXPORT}\n[limits]\nrequests = 5"
    ));
    assert_eq!(Grant::all(&manifest).missing(&manifest), []);
    assert_eq!(Grant::all(&manifest).limits(&manifest), manifest.limits);
}

#[test]
fn what_is_missing_is_told_in_words() {
    let manifest = manifest(&format!(
        "[[hosts]]\nurl = \"https://files.example.com\"\nmethods = [\"GET\", \"DELETE\"]\n{EXPORT}\n[limits]\nmemory-mb = 512\nrequests = 50"
    ));
    let mut grant = Grant::all(&manifest);
    grant.deny(&manifest.hosts[1].url, &[Method::Delete]);
    grant.credentials.clear();
    grant.limits = Limits { memory_mb: Some(64), ..Limits::default() };
    assert_eq!(
        shown(&grant.missing(&manifest)),
        [
            "reach https://files.example.com with DELETE",
            "use the credential `export` as bearer or service-account, exchanged for access tokens at https://token.example.com",
            "have memory-mb 512 instead of 64",
            "have requests 50 instead of the default",
        ]
    );
    assert_eq!(grant.limits(&manifest), Limits { memory_mb: Some(64), ..Limits::default() });
    for wish in grant.missing(&manifest) {
        grant.add(&wish);
    }
    assert_eq!(grant.missing(&manifest), []);
}

#[test]
fn another_token_endpoint_is_a_credential_that_was_not_granted() {
    let before = Grant::all(&manifest(EXPORT));
    let moved = manifest(&EXPORT.replace("token.example.com", "token.example.net"));
    assert!(!before.uses("export", &moved.credentials["export"]));
    assert!(matches!(before.missing(&moved)[..], [Wish::Credential { .. }]));
}

#[test]
fn a_scheme_that_was_not_granted_is_missing_and_fewer_schemes_are_not() {
    let all = manifest(EXPORT);
    let fewer = manifest(&EXPORT.replace("[\"bearer\", ", "["));
    assert_eq!(Grant::all(&all).missing(&fewer), []);
    assert!(matches!(Grant::all(&fewer).missing(&all)[..], [Wish::Credential { .. }]));
}

#[test]
fn a_grant_that_only_reads_has_no_method_that_writes() {
    let manifest = manifest("[[hosts]]\nurl = \"https://files.example.com\"\nmethods = [\"PUT\"]");
    let mut grant = Grant::all(&manifest);
    grant.retain_methods(&[Method::Get, Method::Head]);
    assert_eq!(grant.hosts.len(), 1, "{:?}", grant.hosts);
    assert_eq!(grant.hosts[0].methods, [Method::Get]);
}

fn methods() -> impl Strategy<Value = Vec<Method>> {
    proptest::sample::subsequence(Method::ALL.to_vec(), 0..=7)
}

proptest! {
    #[test]
    fn what_is_denied_is_missing_and_what_is_allowed_again_is_not(denied in methods()) {
        let manifest = manifest("");
        let url = &manifest.hosts[0].url;
        let mut grant = Grant::all(&manifest);
        let asked: Vec<Method> = manifest.hosts[0].methods.iter().copied().filter(|method| denied.contains(method)).collect();
        prop_assert_eq!(grant.deny(url, &denied), !asked.is_empty());
        let missing = grant.missing(&manifest);
        prop_assert_eq!(missing.is_empty(), asked.is_empty());
        grant.allow(url, &denied);
        prop_assert_eq!(grant.missing(&manifest), vec![]);
    }

    #[test]
    fn limits_are_never_more_than_asked_for_nor_than_granted(asked in proptest::option::of(1u32..9), granted in proptest::option::of(1u32..9)) {
        let mut manifest = manifest("");
        manifest.limits.requests = asked;
        let grant = Grant { limits: Limits { requests: granted, ..Limits::default() }, ..Grant::default() };
        let effective = grant.limits(&manifest).requests;
        prop_assert!(effective <= asked && effective <= granted);
        let missing = !grant.missing(&manifest).iter().all(|wish| !matches!(wish, Wish::Limit { .. }));
        prop_assert_eq!(missing, effective != asked);
    }
}
