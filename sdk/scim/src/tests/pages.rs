use super::*;
use innkeeper_sdk::testing::{Request, Response};

/// How a server with five users pages, or does not.
#[derive(Clone, Copy, Default)]
struct Server {
    /// At most so many in a page.
    cap: Option<usize>,
    ignores_count: bool,
    refuses_count: bool,
    ignores_start: bool,
    total: Total,
    cursor: bool,
}

#[derive(Clone, Copy, Default)]
enum Total {
    #[default]
    Right,
    Missing,
    Zero,
    Text,
    OfThePage,
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    request.query.iter().find(|field| field.name == name).map(|field| field.value.clone())
}

impl Server {
    fn answer(self, users: usize, request: &Request) -> Response {
        let number = |name| parameter(request, name).and_then(|value| value.parse::<usize>().ok());
        if self.refuses_count && number("count").is_some() {
            return testing::json(400, &failure(400, Some("invalidValue"), "count is not supported"));
        }
        let start = if self.cursor { number("cursor") } else { number("startIndex") };
        let start = if self.ignores_start { 1 } else { start.unwrap_or(1).max(1) };
        let wanted = if self.ignores_count { users } else { number("count").unwrap_or(users) };
        let length = wanted.min(self.cap.unwrap_or(users));
        let page: Vec<Json> = (1..=users)
            .skip(start - 1)
            .take(length)
            .map(|number| user(&format!("id{number}"), &format!("user{number}")))
            .collect();
        let mut answer = json!({ "Resources": page });
        match self.total {
            Total::Right => answer["totalResults"] = json!(users),
            Total::Missing => {}
            Total::Zero => answer["totalResults"] = json!(0),
            Total::Text => answer["totalResults"] = json!(users.to_string()),
            Total::OfThePage => answer["totalResults"] = json!(page.len()),
        }
        if self.cursor && start + length <= users {
            answer["nextCursor"] = json!((start + length).to_string());
        }
        testing::json(200, &answer)
    }

    /// Lists all accounts, each page in a call of its own; the ids, and the last total that was told.
    fn list(self, users: usize, dialect: Dialect) -> Result<(Vec<String>, Option<u32>)> {
        let dialect = Dialect { discovery: false, ..dialect };
        let (mut ids, mut cursor) = (Vec::new(), None);
        for _ in 0..20 {
            let transport = move |request: &Request| Ok(self.answer(users, request));
            let page = call(dialect.clone(), transport, |scim| scim.list_users(cursor.as_deref()))?;
            ids.extend(page.items.into_iter().map(|account| account.id));
            cursor = page.next;
            if cursor.is_none() {
                return Ok((ids, page.total));
            }
        }
        panic!("the listing does not end: {ids:?}");
    }
}

fn ids(users: usize) -> Vec<String> {
    (1..=users).map(|number| format!("id{number}")).collect()
}

#[test]
fn every_way_of_paging_gives_every_user_once() {
    let right = Server::default();
    for (what, server) in [
        ("as it should", right),
        ("caps pages", Server { cap: Some(1), ..right }),
        ("ignores count", Server { ignores_count: true, ..right }),
        ("refuses count", Server { refuses_count: true, ..right }),
        ("no total", Server { total: Total::Missing, ..right }),
        ("total of 0", Server { total: Total::Zero, ..right }),
        ("total as text", Server { total: Total::Text, ..right }),
        ("total of the page", Server { total: Total::OfThePage, ..right }),
        ("caps pages, no total", Server { cap: Some(1), total: Total::Missing, ..right }),
        ("does not page", Server { ignores_count: true, ignores_start: true, ..right }),
        ("does not page, no total", Server { ignores_count: true, ignores_start: true, total: Total::Missing, ..right }),
        ("cursor", Server { cursor: true, ..right }),
        ("cursor, caps pages", Server { cursor: true, cap: Some(1), ..right }),
    ] {
        let (seen, total) = server.list(5, Dialect::default()).unwrap();
        assert_eq!(seen, ids(5), "{what}");
        assert!(total.is_none_or(|total| total == 5), "{what}: {total:?}");
    }
}

#[test]
fn a_dialect_says_how_to_page() {
    assert_eq!(Server::default().list(5, Dialect { paging: Paging::Index, ..Dialect::default() }).unwrap().0, ids(5));
    assert_eq!(Server::default().list(5, Dialect { count: false, ..Dialect::default() }).unwrap().0, ids(5));
    let cursor = Server { cursor: true, ..Server::default() };
    assert_eq!(cursor.list(5, Dialect { paging: Paging::Cursor, ..Dialect::default() }).unwrap().0, ids(5));
}

#[test]
fn a_server_that_repeats_its_first_page_is_an_error_and_not_a_short_list() {
    let server = Server { ignores_start: true, ..Server::default() };
    for total in [Total::Right, Total::Missing] {
        let error = Server { total, ..server }.list(5, Dialect::default()).unwrap_err();
        assert_eq!(error.code, ErrorCode::MalformedResponse);
        assert!(error.message.contains("startIndex 3"), "{}", error.message);
    }
}

#[test]
fn the_first_page_has_no_start_and_the_next_goes_on_after_what_came() {
    let script =
        Script::new().then(Exchange::get("/Users").query("count", 2).answers(200, list(3, &[user("a", "a"), user("b", "b")])));
    let page = call(plain(), script, |scim| scim.list_users(None)).unwrap();
    assert_eq!(page.total, Some(3));
    let script = Script::new()
        .then(Exchange::get("/Users").query("startIndex", 3).query("count", 2).answers(200, list(3, &[user("c", "c")])));
    let page = call(plain(), script, |scim| scim.list_users(page.next.as_deref())).unwrap();
    assert_eq!((page.items[0].id.as_str(), page.next), ("c", None));
}

#[test]
fn no_users_are_no_users_and_no_list_is_an_error() {
    let answer = |body: Json| {
        let script = Script::new().then(Exchange::get("/Users").query("count", 2).answers(200, body));
        call(plain(), script, |scim| scim.list_users(None))
    };
    // Without results `Resources` may be left out.
    let empty = answer(json!({ "totalResults": 0 })).unwrap();
    assert_eq!((empty.items.len(), empty.next, empty.total), (0, None, Some(0)));
    for body in [json!({}), json!({ "error": "no" }), json!({ "totalResults": 2, "Resources": [{ "userName": "no id" }] })] {
        assert_eq!(answer(body).unwrap_err().code, ErrorCode::MalformedResponse);
    }
}

#[test]
fn a_web_page_is_told_as_such() {
    let transport = |_: &Request| Ok(testing::text(200, "text/html", "<html><title>Sign in</title></html>"));
    let error = call(plain(), transport, |scim| scim.list_users(None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedResponse);
    assert!(error.message.contains("HTML"), "{}", error.message);
}

#[test]
fn an_attribute_that_only_this_server_has_is_known_on_every_page() {
    let urn = "urn:example:params:scim:schemas:extension:acme:2.0:User";
    let schemas = list(1, &[json!({ "id": urn, "attributes": [{ "name": "badge", "type": "string" }] })]);
    let script = Script::new()
        .then(Exchange::get("/Schemas").answers(200, schemas))
        .then(Exchange::get("/Users").query("count", 2).answers(200, list(3, &[user("a", "a"), user("b", "b")])));
    let page = call(Dialect::default(), script, |scim| scim.list_users(None)).unwrap();
    let badge = format!("{urn}:badge");
    assert_eq!(values(&page.items[0], &badge), Some(Vec::new()), "known to be empty");
    // The schema is not asked for again.
    let script = Script::new()
        .then(Exchange::get("/Users").query("startIndex", 3).query("count", 2).answers(200, list(3, &[user("c", "c")])));
    let page = call(Dialect::default(), script, |scim| scim.list_users(page.next.as_deref())).unwrap();
    assert_eq!(values(&page.items[0], &badge), Some(Vec::new()));
}
