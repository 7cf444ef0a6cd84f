use super::*;

fn signature() -> Signature {
    Signature::make(b"the list", &SigningKey::sample(1))
}

#[test]
fn a_signature_is_read_as_it_was_written() {
    let text = signature().to_string();
    assert_eq!(text.parse(), Ok(signature()));
    insta::assert_snapshot!(text);
}

#[test]
fn a_signature_is_of_exactly_these_bytes_by_exactly_this_key() {
    assert!(signature().is_of(b"the list"));
    assert!(!signature().is_of(b"the list "));
    assert!(!signature().is_of(b""));
    let other = Signature { key: SigningKey::sample(2).public(), ..signature() };
    assert!(!other.is_of(b"the list"));
}

/// The second half counts modulo the order of the group: with that added, it would be the same signature again (RFC 8032, 5.1.7).
#[test]
fn a_signature_has_one_form() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut bytes = signature().to_bytes();
    let mut carry = 0;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    let other = Signature { signature: ed25519_dalek::Signature::from_bytes(&bytes), ..signature() };
    assert!(!other.is_of(b"the list"));
}

#[test]
fn every_other_text_is_refused() {
    let good = signature().to_string();
    let lines: Vec<_> = good.lines().collect();
    let mut refusals = Vec::new();
    for bad in [
        "",
        "innkeeper-signature 2\n",
        "untrusted comment: signature",
        lines[0],
        &good.replace("key ed25519", "key rsa"),
        &good.replace("key ", "key  "),
        &good.replace(lines[1], lines[2]),
        &good.replace(lines[2], "signature AAAA"),
        &good.replace('\n', "\r\n"),
        &good.replace("==\n", "\n"),
        &good[..good.len() - 1],
        &format!("{good}\n"),
        &format!("{good}comment more\n"),
        &format!("\n{good}"),
    ] {
        refusals.push(bad.parse::<Signature>().expect_err(bad));
    }
    refusals.dedup();
    insta::assert_snapshot!(refusals.join("\n"));
}
