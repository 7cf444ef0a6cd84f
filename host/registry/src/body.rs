//! Answers, read as far as they may be.

use crate::RegistryError;
use bytes::{Bytes, BytesMut};
use reqwest::Response;
use serde::Deserialize;

/// How much of an error is read: its message is in the first lines.
const ERROR_BYTES: u64 = 16 * 1024;

/// How much of a stranger's text is shown, in characters.
const SHOWN: usize = 200;

/// The whole content, where it has no more than `limit` bytes.
pub(crate) async fn read(mut response: Response, host: &str, what: &'static str, limit: u64) -> Result<Bytes, RegistryError> {
    let too_large = || RegistryError::TooLarge { host: host.to_owned(), what, limit };
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut content = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| crate::wire::explain(&error, host))? {
        if (content.len() + chunk.len()) as u64 > limit {
            return Err(too_large());
        }
        content.extend_from_slice(&chunk);
    }
    Ok(content.freeze())
}

/// Errors as registries write them (OCI distribution specification, "Error Codes").
#[derive(Deserialize)]
struct Envelope {
    errors: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// What an error says, as far as it says something.
pub(crate) async fn message(mut response: Response) -> String {
    let mut content = BytesMut::new();
    // An error that breaks off is read as far as it came.
    while let Ok(Some(chunk)) = response.chunk().await {
        let left = ERROR_BYTES as usize - content.len();
        content.extend_from_slice(&chunk[..chunk.len().min(left)]);
        if content.len() as u64 == ERROR_BYTES {
            break;
        }
    }
    words(&content)
}

/// The same for an error that has been read.
pub(crate) fn words(content: &[u8]) -> String {
    match serde_json::from_slice::<Envelope>(content).ok().and_then(|envelope| envelope.errors.into_iter().next()) {
        Some(Entry { code, message }) if message.is_empty() => shown(&code),
        Some(Entry { message, .. }) => shown(&message),
        None => shown(&String::from_utf8_lossy(content)),
    }
}

/// A stranger's text on one line, without what a terminal would act on.
pub(crate) fn shown(text: &str) -> String {
    let mut line = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty());
    let first = line.next().unwrap_or_default().to_owned();
    let line = line.fold(first, |line, word| if line.len() > 4 * SHOWN { line } else { line + " " + word });
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_read_as_registries_write_them() {
        let envelope = br#"{"errors":[{"code":"DENIED","message":"requested access is denied","detail":[1]},{"code":"OTHER"}]}"#;
        assert_eq!(words(envelope), "requested access is denied");
        assert_eq!(words(br#"{"errors":[{"code":"NAME_UNKNOWN"}]}"#), "NAME_UNKNOWN");
        assert_eq!(words(br#"{"errors":[]}"#), r#"{"errors":[]}"#);
        assert_eq!(words(b"<html>\n<b>502</b>\xff"), "<html> <b>502</b>\u{fffd}");
        assert_eq!(words(b""), "");
    }

    #[test]
    fn a_strangers_text_is_short_and_one_line() {
        assert_eq!(shown("a\r\n\x1b[2Jb\u{7}\tc"), "a [2Jb c");
        let long = shown(&"word ".repeat(10_000));
        assert!(long.chars().count() == SHOWN + 3 && long.ends_with("..."), "{long}");
        assert_eq!(shown(&"x".repeat(10_000)).len(), SHOWN + 3);
    }
}
