use super::text;
use crate::bindings::types;
use innkeeper_domain::{ErrorCode, Failure, FieldError};

/// The most fields that are told; nobody reads more.
const MOST_FIELDS: usize = 100;

pub(crate) fn failure(error: types::Error) -> Failure {
    let field = |field: types::FieldError| FieldError { name: text(&field.name), message: text(&field.message) };
    Failure {
        code: code(error.code),
        message: text(&error.message),
        retry_after: error.retry_after,
        remote_status: error.remote_status,
        fields: error.fields.into_iter().take(MOST_FIELDS).map(field).collect(),
    }
}

fn code(code: types::ErrorCode) -> ErrorCode {
    match code {
        types::ErrorCode::Unauthenticated => ErrorCode::Unauthenticated,
        types::ErrorCode::PermissionDenied => ErrorCode::PermissionDenied,
        types::ErrorCode::NotFound => ErrorCode::NotFound,
        types::ErrorCode::Conflict => ErrorCode::Conflict,
        types::ErrorCode::Invalid => ErrorCode::Invalid,
        types::ErrorCode::RateLimited => ErrorCode::RateLimited,
        types::ErrorCode::SeatsExhausted => ErrorCode::SeatsExhausted,
        types::ErrorCode::Unavailable => ErrorCode::Unavailable,
        types::ErrorCode::OutcomeUnknown => ErrorCode::OutcomeUnknown,
        types::ErrorCode::Unsupported => ErrorCode::Unsupported,
        types::ErrorCode::MalformedResponse => ErrorCode::MalformedResponse,
        types::ErrorCode::Internal => ErrorCode::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::LONGEST_TEXT;

    #[test]
    fn a_message_is_cut_between_characters_and_cannot_steer_a_terminal() {
        let error = types::Error {
            code: types::ErrorCode::Unavailable,
            message: format!("\x1b[31m{}", "ä".repeat(LONGEST_TEXT)),
            retry_after: Some(7),
            remote_status: Some(503),
            fields: vec![types::FieldError { name: "a".into(), message: "b".into() }; 100_000],
            extra: vec![],
        };
        let failure = failure(error);
        assert!(failure.message.starts_with("\\u{1b}[31mää"), "{}", &failure.message[..40]);
        assert!(failure.message.ends_with("ä…") && failure.message.len() < LONGEST_TEXT + 20);
        assert_eq!(failure.fields.len(), MOST_FIELDS);
        assert_eq!((failure.retry_after, failure.remote_status), (Some(7), Some(503)));
    }
}
