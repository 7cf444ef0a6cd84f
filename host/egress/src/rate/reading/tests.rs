use super::*;
use http::{HeaderName, HeaderValue};

fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
    fields.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
}

/// Seconds to wait, as a header of an answer says it; the client's clock says 10:00:00.
fn wait(form: Form, fields: &[(&'static str, &'static str)]) -> Option<f64> {
    let now = httpdate::parse_http_date("Sun, 22 Nov 2026 10:00:00 GMT").expect("a date");
    let headers = headers(fields);
    let place = Place::Header(fields[0].0.to_owned());
    Reading::new(429, &headers, None, now).rest(&[Wait { place, form }]).map(|rest| rest.as_secs_f64())
}

#[test]
fn retry_after_is_read_in_all_its_forms() {
    let ask = |value| wait(Form::RetryAfter, &[("retry-after", value)]);
    assert_eq!(ask("7"), Some(7.0));
    assert_eq!(ask(" 7 "), Some(7.0));
    assert_eq!(ask("1.5"), Some(1.5));
    assert_eq!(ask("Sun, 22 Nov 2026 10:00:30 GMT"), Some(30.0));
    for nonsense in ["-5", "soon", "", "NaN", "inf", "1e300"] {
        assert_eq!(ask(nonsense), None, "{nonsense}");
    }
}

#[test]
fn what_is_over_already_is_waited_for_a_second_all_the_same() {
    for (form, value) in [
        (Form::RetryAfter, "0"),
        (Form::RetryAfter, "Sun, 22 Nov 2026 09:00:00 GMT"),
        (Form::Seconds, "0.2"),
        (Form::EpochSeconds, "1795341600"),
        (Form::EpochSeconds, "0"),
    ] {
        assert_eq!(wait(form, &[("x-reset", value)]), Some(1.0), "{value}");
    }
}

#[test]
fn moments_are_compared_with_the_clock_of_the_server() {
    // It is an hour ahead of ours.
    let date = ("date", "Sun, 22 Nov 2026 11:00:00 GMT");
    for (form, value) in [
        (Form::RetryAfter, "Sun, 22 Nov 2026 11:00:30 GMT"),
        (Form::EpochSeconds, "1795345230"),
        (Form::EpochMilliseconds, "1795345230000"),
    ] {
        assert_eq!(wait(form, &[("x-reset", value), date]), Some(30.0), "{value}");
        assert_eq!(wait(form, &[("x-reset", value), ("date", "yesterday")]), Some(3630.0), "{value}");
    }
}

#[test]
fn a_reset_is_read_as_seconds_or_as_a_moment() {
    assert_eq!(wait(Form::Seconds, &[("x-reset", "40")]), Some(40.0));
    assert_eq!(wait(Form::EpochSeconds, &[("x-reset", "1795341640")]), Some(40.0));
    assert_eq!(wait(Form::EpochMilliseconds, &[("x-reset", "1795341640500")]), Some(40.5));
    for form in [Form::Seconds, Form::EpochSeconds, Form::EpochMilliseconds] {
        assert_eq!(wait(form, &[("x-reset", "Sun, 22 Nov 2026 10:00:30 GMT")]), None);
    }
}

#[test]
fn the_first_place_that_has_a_time_counts() {
    let headers = headers(&[("retry-after", "soon"), ("x-reset", "40")]);
    let answer = Reading::new(429, &headers, Some(br#"{"retry_after": 64.57}"#), SystemTime::now());
    let header = |name: &str| Wait { place: Place::Header(name.to_owned()), form: Form::RetryAfter };
    let body = Wait { place: Place::Json("/retry_after".to_owned()), form: Form::RetryAfter };
    assert_eq!(answer.rest(&[header("retry-after"), header("x-reset"), body.clone()]), Some(Duration::from_secs(40)));
    assert_eq!(answer.rest(&[header("x-none"), body]), Some(Duration::from_secs_f64(64.57)));
    assert_eq!(answer.rest(&[header("x-none")]), None);
}

#[test]
fn a_body_is_read_as_json_and_its_plain_values_as_text() {
    let headers = HeaderMap::new();
    let body = br#"{"ok": false, "error": " ratelimited ", "code": 20028, "list": [{"reason": "quota"}], "none": null}"#;
    let answer = Reading::new(200, &headers, Some(body), SystemTime::now());
    let text = |pointer: &str| answer.text(&Place::Json(pointer.to_owned())).map(Cow::into_owned);
    assert_eq!(text("/ok").as_deref(), Some("false"));
    assert_eq!(text("/error").as_deref(), Some("ratelimited"));
    assert_eq!(text("/code").as_deref(), Some("20028"));
    assert_eq!(text("/list/0/reason").as_deref(), Some("quota"));
    assert_eq!((text("/none"), text("/list"), text("/list/1/reason"), text("/other")), (None, None, None, None));
}

#[test]
fn a_body_that_is_missing_long_or_no_json_says_nothing() {
    let headers = HeaderMap::new();
    let padded = |length: usize| format!("{{\"error\": \"x\"{}}}", " ".repeat(length - 14)).into_bytes();
    let (fits, long) = (padded(LOOKED_INTO), padded(LOOKED_INTO + 1));
    assert_eq!(fits.len(), LOOKED_INTO);
    let found = |body| Reading::new(200, &headers, body, SystemTime::now()).text(&Place::Json("/error".to_owned())).is_some();
    assert!(found(Some(&fits[..])));
    assert!(!found(Some(&long[..])) && !found(Some(&b"<html>"[..])) && !found(None));
}

#[test]
fn a_body_is_not_parsed_for_the_sake_of_headers() {
    let headers = headers(&[("x-remaining", "0")]);
    let answer = Reading::new(403, &headers, Some(b"{}"), SystemTime::now());
    assert_eq!(answer.text(&Place::Header("X-Remaining".to_owned())).as_deref(), Some("0"));
    assert!(answer.json.get().is_none());
}
