use super::*;
use innkeeper_bundle::Manifest;

#[test]
fn an_organisation_is_described_without_a_request() {
    let described = call(Script::new(), GitHub::describe).unwrap();
    insta::assert_debug_snapshot!(described);
}

#[test]
fn settings_change_what_is_said() {
    let direct = call_with(json!({ "join": "direct" }), Script::new(), GitHub::describe).unwrap();
    assert_eq!(direct.quirks, Quirks::NO_TOTAL);
    let saml = call_with(json!({ "identity": "saml" }), Script::new(), GitHub::describe).unwrap();
    assert!(saml.quirks.contains(Quirks::FIND_LISTS | Quirks::INVITES));
}

#[test]
fn each_profile_needs_its_name() {
    for (settings, missing) in [(json!({}), "organization"), (json!({ "profile": "enterprise-scim" }), "enterprise")] {
        let error = testing::run(settings, Script::new(), GitHub::open).err().unwrap();
        assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, missing));
    }
}

fn probe(more: Json, quirks: FakeQuirks) -> String {
    let status = call_with(more, fake(quirks), GitHub::probe).unwrap();
    let mut text = format!("{} {}\n", status.system.unwrap(), status.profile.unwrap());
    for extra in status.extra {
        text += &format!("  {} = {}\n", extra.name, extra.value);
    }
    for ability in status.abilities {
        text += &format!("  {}: {}\n", ability.operation, ability.reason.unwrap_or_else(|| "yes".to_owned()));
    }
    text
}

#[test]
fn a_probe_tells_what_works_and_why_something_does_not() {
    let scopes =
        |scopes: &[&str]| FakeQuirks { scopes: scopes.iter().map(ToString::to_string).collect(), ..FakeQuirks::default() };
    let bare = FakeQuirks { copilot: None, organization_roles: false, ..FakeQuirks::default() };
    let text = [
        ("All is there", probe(json!({}), FakeQuirks::default())),
        ("A token that reads", probe(json!({}), scopes(&["read:org"]))),
        ("A token for something else", probe(json!({}), scopes(&["repo"]))),
        ("Neither Copilot nor roles", probe(json!({}), bare.clone())),
        ("No identity provider", probe(json!({ "identity": "saml" }), bare.clone())),
        ("Managed users", probe(json!({}), FakeQuirks { managed_users: true, ..bare.clone() })),
        ("Managed users who join directly", probe(json!({ "join": "direct" }), FakeQuirks { managed_users: true, ..bare })),
    ];
    let text: String = text.iter().map(|(what, text)| format!("{what}\n{text}\n")).collect();
    insta::assert_snapshot!(text);
}

#[test]
fn a_bad_token_is_an_error_and_no_list_of_what_is_missing() {
    let transport = |_: &testing::Request| Ok(testing::json(401, &json!({ "message": "Bad credentials" })));
    assert_eq!(call(transport, GitHub::probe).unwrap_err().code, ErrorCode::Unauthenticated);
}

#[test]
fn a_member_who_is_no_owner_cannot_write() {
    let transport = |request: &testing::Request| {
        Ok(match request.target.as_str() {
            "/orgs/acme" => testing::json(
                200,
                &json!({ "login": "acme", "id": 1, "plan": { "name": "team", "filled_seats": 4, "seats": 5 } }),
            ),
            "/user/memberships/orgs/acme" => testing::json(200, &json!({ "state": "active", "role": "member" })),
            "/orgs/acme/invitations" => testing::json(200, &json!([])),
            _ => testing::json(404, &json!({ "message": "Not Found" })),
        })
    };
    let status = call(transport, GitHub::probe).unwrap();
    assert!(status.extra.iter().any(|extra| extra.name == "seats" && extra.value == "4 of 5"));
    let create = status.abilities.iter().find(|ability| ability.operation == "accounts.create").unwrap();
    assert_eq!(create.reason.as_deref(), Some("the token's user is no owner of acme"));
}

#[test]
fn the_manifest_is_one_and_reaches_rest_and_graphql_wherever_they_are() {
    let manifest = Manifest::parse(include_str!("../../connector.toml")).unwrap();
    let hosts = |given: Json| {
        let settings = manifest.settings(&given);
        manifest.hosts.iter().map(|host| host.url.fill(&settings).unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(hosts(json!({ "organization": "acme" })), ["https://api.github.com/", "https://api.github.com/graphql"]);
    let own = json!({ "organization": "acme", "base-url": "https://git.acme.example/api/v3", "graphql-url": "https://git.acme.example/api/graphql" });
    assert_eq!(hosts(own), ["https://git.acme.example/api/v3", "https://git.acme.example/api/graphql"]);
    // What the connector takes for granted is what the manifest says.
    let opened = |settings: Json| testing::run(settings, Script::new(), GitHub::open).unwrap();
    let given = json!({ "organization": "acme" });
    let debugged = |github: GitHub| match github {
        GitHub::Organization(organization) => format!("{organization:?}"),
        GitHub::Enterprise(_) => panic!("not an organisation"),
    };
    assert_eq!(debugged(opened(given.clone())), debugged(opened(manifest.settings(&given))));
}
