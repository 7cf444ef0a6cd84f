use super::*;
use crate::samples::COMPONENT;
use proptest::prelude::*;

const IMPORTS: u8 = 10;
const EXPORTS: u8 = 11;
const COMPONENTS: u8 = 4;

/// A section of the binary format: its kind, its size and its content.
fn section(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind], &*number(content.len()), content].concat()
}

/// An unsigned number in LEB128.
fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// Instances with these names, imported or exported.
fn instances(kind: u8, names: &[&str]) -> Vec<u8> {
    let one = |name: &&str| {
        let sort: &[u8] = if kind == IMPORTS { &[5, 0] } else { &[5, 0, 0] };
        [&[0], &*number(name.len()), name.as_bytes(), sort].concat()
    };
    section(kind, &[number(names.len()), names.iter().map(one).collect::<Vec<_>>().concat()].concat())
}

fn component(sections: &[Vec<u8>]) -> Vec<u8> {
    [COMPONENT, &*sections.concat()].concat()
}

fn refusal(bytes: &[u8]) -> String {
    interfaces(bytes).err().expect("must be refused")
}

#[test]
fn what_a_component_imports_and_exports_is_told_in_its_order() {
    let bytes = component(&[
        instances(IMPORTS, &["innkeeper:connector/http@0.1.0", "wasi:io/streams@0.2.6"]),
        instances(IMPORTS, &["innkeeper:connector/log@0.1.0"]),
        instances(EXPORTS, &["innkeeper:connector/connector@0.1.0", "innkeeper:connector/accounts@0.1.0"]),
    ]);
    let found = interfaces(&bytes).expect("a component");
    assert_eq!(found.imports, ["innkeeper:connector/http@0.1.0", "wasi:io/streams@0.2.6", "innkeeper:connector/log@0.1.0"]);
    assert_eq!(found.exports, ["innkeeper:connector/connector@0.1.0", "innkeeper:connector/accounts@0.1.0"]);
    assert!(interfaces(COMPONENT).expect("an empty one").exports.is_empty());
}

#[test]
fn what_is_within_a_component_is_its_own_affair() {
    let inner = component(&[instances(IMPORTS, &["a:b/c"]), instances(EXPORTS, &["d:e/f"])]);
    let middle = component(&[section(COMPONENTS, &inner), instances(EXPORTS, &["g:h/i"])]);
    let found = interfaces(&component(&[section(COMPONENTS, &middle), instances(EXPORTS, &["j:k/l"])])).expect("a component");
    assert_eq!((found.imports.as_slice(), found.exports.as_slice()), (&[][..], &["j:k/l".to_owned()][..]));
}

#[test]
fn names_that_are_none_do_not_reach_a_terminal() {
    for name in ["", "a\u{1b}[2Jb", "a b", "a\nb", "\u{202e}abc", "\u{430}cme:crm/accounts"] {
        for kind in [IMPORTS, EXPORTS] {
            let message = refusal(&component(&[instances(kind, &[name])]));
            assert!(message.ends_with("is no name of an import or export"), "{message}");
            assert!(!message.contains(char::is_control), "{message:?}");
        }
    }
}

#[test]
fn far_too_many_names_are_refused() {
    let names: Vec<String> = (0..=MOST_NAMES).map(|number| format!("a:b/c{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(interfaces(&component(&[instances(EXPORTS, &names[1..])])).expect("as many as may be").exports.len(), MOST_NAMES);
    assert!(refusal(&component(&[instances(EXPORTS, &names)])).contains("more than 1000"));
}

#[test]
fn a_damaged_component_says_where() {
    let good = component(&[instances(EXPORTS, &["a:b/c"])]);
    assert!(refusal(&good[..good.len() - 2]).contains("(at byte "));
}

proptest! {
    #[test]
    fn whatever_the_bytes_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = interfaces(&component(std::slice::from_ref(&bytes)));
        let _ = interfaces(&component(&[section(EXPORTS, &bytes), section(IMPORTS, &bytes)]));
        let _ = interfaces(&bytes);
    }

    #[test]
    fn whatever_is_altered_nothing_panics(place in 8_usize..60, value in any::<u8>()) {
        let mut bytes = component(&[instances(IMPORTS, &["a:b/c"]), section(COMPONENTS, &component(&[instances(EXPORTS, &["d:e/f"])]))]);
        let place = place % bytes.len();
        bytes[place] = value;
        let _ = interfaces(&bytes);
    }
}
