use super::*;
use crate::SigningKey;
use crate::samples::{TODAY, key, manifest, publisher, trusting};
use jiff::civil::date;
use std::fs;

fn sample(number: u8) -> SigningKey {
    SigningKey::sample(number)
}

/// Whether the key may sign a connector of this publisher and name.
fn ask(trust: &Trust, key: &SigningKey, publisher: &str, name: &str) -> Result<String, TrustError> {
    let text = manifest(name, "0.1.0").replace("\"acme\"", &format!("{publisher:?}"));
    let manifest = Manifest::parse(&text).expect("good");
    trust.answers_for(&key.public(), &manifest, Some(TODAY)).map(str::to_owned)
}

fn revoked(publisher: Publisher) -> Publisher {
    Publisher { revoked: Some(TODAY), reason: Some("stolen".to_owned()), ..publisher }
}

fn everything() -> Trust {
    trusting([
        Publisher { expires: Some(date(2027, 6, 30)), ..publisher("example", &sample(2), &["*"]) },
        publisher("acme", &key(), &["acme-*", "crm"]),
        revoked(publisher("acme", &sample(3), &["acme-*"])),
    ])
}

#[test]
fn a_trust_store_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(Trust::load(folder.path()).expect("no file trusts nobody"), Trust::default());
    everything().save(folder.path()).expect("written");
    assert_eq!(Trust::load(folder.path()).expect("readable"), everything());
    Trust::default().save(folder.path()).expect("written over");
    assert_eq!(Trust::load(folder.path()).expect("readable"), Trust::default());
    let names: Vec<_> = fs::read_dir(folder.path()).expect("there").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names, ["innkeeper.trust"]);
}

#[test]
fn a_trust_store_reads_well() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    everything().save(folder.path()).expect("written");
    insta::assert_snapshot!(fs::read_to_string(folder.path().join("innkeeper.trust")).expect("there"));
}

#[test]
fn mistakes_are_shown_where_they_are() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = key().public();
    let table =
        |rest: &str| format!("trust = 1\n[[publisher]]\nname = \"acme\"\nkey = \"{key}\"\nconnectors = [\"acme-*\"]\n{rest}");
    let twice = table("[[publisher]]\nname = \"example\"\nconnectors = []\n") + &format!("key = \"{key}\"\n");
    let mut messages = Vec::new();
    for text in [
        "",
        "trust = 2\n",
        "trust = 1\ntrusted = true\n",
        "trust = 1\n[[publisher]]\nname = \"Acme Inc.\"\n",
        "trust = 1\n[[publisher]]\nname = \"acme\"\nkey = \"rsa:AAAA\"\n",
        "trust = 1\n[[publisher]]\nname = \"acme\"\nconnectors = []\n",
        &table("").replace("acme-*", "*-crm"),
        &table("").replace("acme-*", "acme-?"),
        &table("expires = \"30.6.2027\"\n"),
        &table("expires = 7\n"),
        &table("revoked = \"2026-11-20T10:00\"\n"),
        &table("expired = \"2027-06-30\"\n"),
        &table("reason = \"stolen\"\n"),
        &twice,
    ] {
        fs::write(folder.path().join(FILE), text).expect("written");
        let message = Trust::load(folder.path()).expect_err(text).to_string();
        messages.push(message.replace(&folder.path().display().to_string(), "CONFIGURATION"));
    }
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_day_is_written_either_way() {
    for day in ["\"2027-06-30\"", "2027-06-30"] {
        let text = format!(
            "trust = 1\n[[publisher]]\nname = \"acme\"\nkey = \"{}\"\nconnectors = []\nexpires = {day}\n",
            key().public()
        );
        assert_eq!(file::parse(&text).expect(day)[0].expires, Some(date(2027, 6, 30)));
    }
}

#[test]
fn the_same_key_of_the_same_publisher_is_replaced() {
    let mut trust = trusting([publisher("acme", &key(), &["crm"])]);
    trust.add(publisher("acme", &key(), &["mail"])).expect("the same");
    assert_eq!(trust.publishers(), [publisher("acme", &key(), &["mail"])]);
}

#[test]
fn a_key_is_one_publishers_alone() {
    let mut trust = trusting([publisher("acme", &key(), &["crm"])]);
    let error = trust.add(publisher("example", &key(), &["mail"])).expect_err("acme's");
    assert!(matches!(&error, TrustError::KeyOfAnother { publisher, .. } if publisher.as_str() == "acme"), "{error}");
    assert_eq!(trust.publishers().len(), 1);
}

#[test]
fn a_revoked_key_stays_revoked() {
    let mut trust = trusting([publisher("acme", &key(), &["crm"])]);
    assert!(trust.revoke(&key().public(), TODAY, Some("stolen".to_owned())));
    assert!(matches!(trust.add(publisher("acme", &key(), &["crm"])), Err(TrustError::Revoked { .. })));
    assert!(trust.revoke(&key().public(), date(2030, 1, 1), None));
    assert_eq!(trust.publishers(), [revoked(publisher("acme", &key(), &["crm"]))]);
    assert!(!trust.revoke(&sample(2).public(), TODAY, None));
}

#[test]
fn the_order_of_trusting_does_not_matter() {
    let mut backwards = everything().publishers().to_vec();
    backwards.reverse();
    assert_eq!(trusting(backwards), everything());
}

#[test]
fn the_most_specific_pattern_decides_whose_a_name_is() {
    let trust = trusting([
        publisher("example", &sample(2), &["*", "acme-mail"]),
        publisher("acme", &key(), &["acme-*", "crm"]),
        publisher("vendor", &sample(3), &["acme-c*"]),
    ]);
    for (number, name, wanted) in [
        (1, "acme-desk", true),
        (2, "acme-desk", false),
        (3, "acme-crm", true),
        (1, "acme-crm", false),
        (2, "acme-crm", false),
        // A name is more than any beginning.
        (2, "acme-mail", true),
        (1, "acme-mail", false),
        (1, "crm", true),
        (2, "crm", false),
        (2, "other", true),
    ] {
        let publisher = ["acme", "example", "vendor"][number - 1];
        let answer = ask(&trust, &sample(number as u8), publisher, name);
        match &answer {
            Ok(whose) => assert!(wanted && whose == publisher, "{publisher} {name}"),
            Err(TrustError::Reserved { publisher: whose, .. }) => {
                assert!(!wanted && whose.as_str() == publisher, "{publisher} {name}")
            }
            Err(other) => panic!("{publisher} {name}: {other}"),
        }
    }
}

#[test]
fn a_publisher_rotates_its_keys() {
    let trust = trusting([publisher("acme", &key(), &["*"]), publisher("acme", &sample(2), &["acme-crm"])]);
    for number in [1, 2] {
        assert_eq!(ask(&trust, &sample(number), "acme", "acme-crm").expect("one of theirs"), "acme");
    }
    // A key signs no more than itself may, whatever the publisher's others may.
    assert!(matches!(ask(&trust, &sample(2), "acme", "crm"), Err(TrustError::NotAllowed { .. })));
}

#[test]
fn two_publishers_may_share_what_the_operator_gave_to_both() {
    let trust = trusting([publisher("acme", &key(), &["*"]), publisher("example", &sample(2), &["*"])]);
    assert!(ask(&trust, &key(), "acme", "crm").is_ok());
    assert!(ask(&trust, &sample(2), "example", "crm").is_ok());
}

#[test]
fn a_name_falls_to_nobody_when_its_publishers_key_goes() {
    for gone in [
        revoked(publisher("acme", &key(), &["acme-*"])),
        Publisher { expires: Some(date(2020, 1, 1)), ..publisher("acme", &key(), &["acme-*"]) },
    ] {
        let trust = trusting([gone, publisher("example", &sample(2), &["*"])]);
        assert!(matches!(ask(&trust, &sample(2), "example", "acme-crm"), Err(TrustError::Reserved { .. })));
    }
}

#[test]
fn a_pattern_is_a_name_or_the_beginning_of_names() {
    for good in ["crm", "acme-*", "a*", "*"] {
        assert_eq!(good.parse::<ConnectorPattern>().expect(good).to_string(), good);
    }
    for bad in ["", "**", "*crm", "acme-*-crm", "Acme*", "-*", "acme_*", "acme-* ", "[a-z]*", "a\u{1b}"] {
        let message = bad.parse::<ConnectorPattern>().expect_err(bad);
        assert!(!message.contains(char::is_control), "{message:?}");
    }
}

#[test]
fn every_message_says_what_to_do() {
    let acme = || publisher("acme", &key(), &["acme-*", "mail"]);
    let mut messages = vec![
        ask(&Trust::default(), &key(), "acme", "crm"),
        ask(&trusting([revoked(acme())]), &key(), "acme", "mail"),
        ask(&trusting([Publisher { reason: None, ..revoked(acme()) }]), &key(), "acme", "mail"),
        ask(&trusting([Publisher { expires: Some(date(2026, 6, 30)), ..acme() }]), &key(), "acme", "mail"),
        ask(&trusting([acme()]), &key(), "example", "mail"),
        ask(&trusting([acme()]), &key(), "acme", "crm"),
        ask(&trusting([Publisher { connectors: Vec::new(), ..acme() }]), &key(), "acme", "crm"),
        ask(&trusting([acme(), publisher("example", &sample(2), &["*"])]), &sample(2), "example", "acme-crm"),
    ];
    messages.push(trusting([acme()]).add(publisher("example", &key(), &["crm"])).map(|()| String::new()));
    let messages: Vec<_> = messages.into_iter().map(|answer| answer.expect_err("refused").to_string()).collect();
    insta::assert_snapshot!(messages.join("\n"));
}
