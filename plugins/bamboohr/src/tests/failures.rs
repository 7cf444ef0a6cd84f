use super::listing::{answer, page};
use super::*;

fn list(exchange: Exchange) -> Error {
    call(json!({}), Script::new().then(exchange), |bamboo| bamboo.list(None)).unwrap_err()
}

#[test]
fn an_answer_in_xml_is_malformed() {
    for kind in ["application/xml; charset=utf-8", "text/xml"] {
        let xml = testing::text(200, kind, "<?xml version=\"1.0\"?>\n<employees/>");
        let error = list(page("2500", None).answers_with(Ok(xml)));
        assert_eq!(error.code, ErrorCode::MalformedResponse);
        assert!(error.message.contains("in XML although JSON was asked for"), "{}", error.message);
    }
}

#[test]
fn json_is_asked_for_in_every_request() {
    let company = Company::new();
    company.hire(hire("Ada", date(2027, 1, 4)));
    let seen = Rc::new(RefCell::new(0));
    let (count, mut sending) = (Rc::clone(&seen), company.clone());
    let transport = move |request: &Request| {
        let accept = request.headers.iter().find(|field| field.name == "accept").map(|field| field.value.as_str());
        assert_eq!(accept, Some("application/json"), "{}", request.target);
        *count.borrow_mut() += 1;
        sending.send(request)
    };
    call(json!({}), transport, |bamboo| bamboo.list(None)).unwrap();
    assert_eq!(*seen.borrow(), 3);
}

#[test]
fn too_many_requests_say_how_long_to_wait() {
    let company = Company::new();
    company.with(|account| account.throttle(1, 30));
    let error = company.call(json!({}), |bamboo| bamboo.list(None)).unwrap_err();
    assert_eq!((error.code, error.retry_after, error.remote_status), (ErrorCode::RateLimited, Some(30), Some(429)));
    assert!(error.message.contains("Limit exceeded"), "{}", error.message);
}

#[test]
fn a_503_is_tried_again_later() {
    let company = Company::new();
    company.with(|account| {
        account.quirks.throttles_with_503 = true;
        account.throttle(1, 30);
    });
    let error = company.call(json!({}), |bamboo| bamboo.list(None)).unwrap_err();
    assert_eq!((error.code, error.retry_after), (ErrorCode::Unavailable, Some(30)));
    let error = list(page("2500", None).answers(503, Json::Null));
    assert_eq!((error.code, error.retry_after), (ErrorCode::Unavailable, None));
    // The host knows more of it than the status.
    let mut limited = testing::text(503, "text/html", "");
    limited.rate_limited = Some(60);
    let error = list(page("2500", None).answers_with(Ok(limited)));
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(60)));
}

#[test]
fn a_rate_limit_in_the_middle_is_no_short_list() {
    let row = json!({ "employeeId": "1", "firstName": "Ada", "lastName": "King", "status": "Active", "_restrictedFields": [] });
    let script = Script::new().then(page("2500", None).answers(200, answer(&[row], 1, None)));
    let script = script.then(Exchange::get(TABLE).answers(429, Json::Null).answer_header("retry-after", "7"));
    let error = call(json!({}), script, |bamboo| bamboo.list(None)).unwrap_err();
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(7)));
}

#[test]
fn a_row_that_does_not_say_what_is_restricted_is_malformed() {
    let row = json!({ "employeeId": "1", "firstName": "Ada", "workEmail": null });
    assert_eq!(list(page("2500", None).answers(200, answer(&[row], 1, None))).code, ErrorCode::MalformedResponse);
}

#[test]
fn a_hire_date_that_is_none_is_named() {
    let row = json!({ "employeeId": "1", "firstName": "Ada", "lastName": "King", "status": "Active", "hireDate": "soon", "_restrictedFields": [] });
    let script = Script::new().then(page("2500", None).answers(200, answer(&[row], 1, None)));
    let error = call(json!({ "end-dates": false }), script, |bamboo| bamboo.list(None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedResponse);
    assert!(error.message.contains("hireDate of the employee 1"), "{}", error.message);
}

#[test]
fn a_refusal_is_told_in_bamboohrs_words() {
    let body = json!({ "error": { "code": "BadRequest", "message": "page[limit] must be between 1 and 2500." } });
    let error = list(page("2500", None).answers(400, body));
    assert_eq!(error.code, ErrorCode::Invalid);
    assert!(error.message.contains("must be between"), "{}", error.message);
}
