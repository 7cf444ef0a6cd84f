use super::*;
use crate::user::GUEST;

fn draft(attributes: &[(&str, &str)], channels: &[&str]) -> Draft {
    Draft {
        unique_name: "ada@acme.example".to_owned(),
        attributes: attributes.iter().map(|(name, text)| Attribute::text(*name, *text)).collect(),
        grants: channels.iter().map(|id| EntitlementKey::new("channel", *id)).collect(),
        extra: Vec::new(),
    }
}

fn guest(kind: &str) -> (String, String) {
    (format!("{GUEST}:type"), kind.to_owned())
}

fn invited() -> Json {
    let mut ada = member("U1", "ada");
    ada["is_invited_user"] = json!(true);
    ada
}

#[test]
fn an_invitation_says_the_channels_and_is_found_by_its_address() {
    let form = "team_id=T1&email=ada%40acme.example&channel_ids=C5%2CC1&resend=true&real_name=Ada%20Lovelace";
    let script = Script::new().then(writes("admin.users.invite", form)).then(lookup("ada@acme.example", Some(&invited())));
    // What is no channel is granted afterwards.
    let mut draft = draft(&[("name.givenName", "Ada"), ("name.familyName", "Lovelace")], &["C5", "C1"]);
    draft.grants.push(EntitlementKey::new("usergroup", "S1"));
    let Outcome::Invited(account) = call(grid(), script, |slack| slack.create(draft, intent())).unwrap() else {
        panic!("nobody was invited");
    };
    assert_eq!((account.id.as_str(), account.status), ("U1", AccountStatus::Invited));
}

#[test]
fn somebody_of_the_organisation_joins_at_once() {
    let form = "team_id=T1&email=ada%40acme.example&channel_ids=C1&resend=true";
    let script =
        Script::new().then(writes("admin.users.invite", form)).then(lookup("ada@acme.example", Some(&member("U1", "ada"))));
    assert!(matches!(call(grid(), script, |slack| slack.create(draft(&[], &[]), intent())), Ok(Outcome::Done(_))));
}

#[test]
fn an_invitation_that_does_not_show_yet_is_pending_and_asked_for_by_its_address() {
    let form = "team_id=T1&email=ada%40acme.example&channel_ids=C1&resend=true";
    let script = Script::new().then(writes("admin.users.invite", form)).then(lookup("ada@acme.example", None));
    let Outcome::Pending(token) = call(grid(), script, |slack| slack.create(draft(&[], &[]), intent())).unwrap() else {
        panic!("who was invited shows");
    };
    let script = Script::new().then(lookup("ada@acme.example", Some(&invited())));
    assert!(matches!(call(grid(), script, |slack| Accounts::poll(slack, &token)), Ok(Outcome::Invited(_))));
}

#[test]
fn who_is_invited_already_is_already_there_and_who_is_a_member_is_a_conflict() {
    let form = "team_id=T1&email=ada%40acme.example&channel_ids=C1&resend=true";
    let refused = |word: &str| writes("admin.users.invite", form).answers(200, refusal(word));
    let script = Script::new().then(refused("already_in_team_invited_user")).then(lookup("ada@acme.example", Some(&invited())));
    assert!(matches!(call(grid(), script, |slack| slack.create(draft(&[], &[]), intent())), Ok(Outcome::Already(_))));
    for word in ["already_in_team", "user_disabled"] {
        let error = call(grid(), Script::new().then(refused(word)), |slack| slack.create(draft(&[], &[]), intent())).unwrap_err();
        assert_eq!(error.code, ErrorCode::Conflict, "{word}");
    }
}

#[test]
fn an_invitation_needs_a_channel() {
    let config = json!({ "profile": "web", "enterprise": true, "team": "T1" });
    let error = call(config, Script::new(), |slack| slack.create(draft(&[], &[]), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert!(error.message.contains("default-channels"));
}

#[test]
fn a_guest_gets_the_channels_of_guests_and_an_end() {
    let (kind, multi) = guest("multi");
    let ends = format!("{GUEST}:expiration");
    let form = "team_id=T1&email=ada%40acme.example&channel_ids=C9&resend=true&guest_expiration_ts=1798761599&is_restricted=true";
    for end in ["2026-12-31", "2026-12-31T23:59:59Z"] {
        let script = Script::new().then(writes("admin.users.invite", form)).then(lookup("ada@acme.example", Some(&invited())));
        let draft = draft(&[(&kind, &multi), (&ends, end)], &[]);
        assert!(matches!(call(grid(), script, |slack| slack.create(draft, intent())), Ok(Outcome::Invited(_))));
    }
    // Given channels are all that a guest gets.
    let (kind, single) = guest("single");
    let form = "team_id=T1&email=ada%40acme.example&channel_ids=C5&resend=true&is_ultra_restricted=true";
    let script = Script::new().then(writes("admin.users.invite", form)).then(lookup("ada@acme.example", Some(&invited())));
    let draft = draft(&[(&kind, &single)], &["C5"]);
    assert!(matches!(call(grid(), script, |slack| slack.create(draft, intent())), Ok(Outcome::Invited(_))));
}

#[test]
fn a_guest_that_slack_would_not_take_is_refused() {
    let (kind, single) = guest("single");
    let ends = format!("{GUEST}:expiration");
    for (attributes, channels) in [
        (vec![(kind.as_str(), "half")], vec!["C5"]),
        (vec![(kind.as_str(), single.as_str())], vec!["C5", "C6"]),
        (vec![(kind.as_str(), "multi"), (ends.as_str(), "soon")], vec!["C5"]),
        (vec![(ends.as_str(), "2026-12-31")], vec!["C5"]),
    ] {
        let error = call(grid(), Script::new(), |slack| slack.create(draft(&attributes, &channels), intent())).unwrap_err();
        assert_eq!(error.code, ErrorCode::Invalid, "{}", error.message);
    }
}

#[test]
fn where_no_api_invites_a_human_is_asked() {
    let mut texts = Vec::new();
    let (kind, single) = guest("single");
    for draft in [draft(&[("name.formatted", "Ada Lovelace")], &["C5"]), draft(&[(&kind, &single)], &[])] {
        let Outcome::ActionRequired(text) = call(web(), Script::new(), |slack| slack.create(draft, intent())).unwrap() else {
            panic!("somebody was invited");
        };
        texts.push(text);
    }
    insta::assert_snapshot!("invite_by_hand", texts.join("\n"));
}
