//! Bytes into text.

use super::error::Error;
use encoding_rs::{DecoderResult, Encoding, UTF_8};

/// The text of a file without its byte order mark. Strict: a byte that does not belong is an error, not a replacement
/// character in somebody's name.
pub(crate) fn decode(bytes: &[u8], file: &str, label: Option<&str>) -> Result<String, Error> {
    let named = match label {
        Some(label) => {
            Some(Encoding::for_label(label.as_bytes()).ok_or_else(|| Error::UnknownEncoding { label: label.to_owned() })?)
        }
        None => None,
    };
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((named.unwrap_or(UTF_8), 0));
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::new();
    let mut at = mark;
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len() - at).unwrap_or(bytes.len() - at);
        text.reserve(room.max(16));
        let (result, read) = decoder.decode_to_string_without_replacement(&bytes[at..], &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(wrong, after) => {
                no_nul(&text, file)?;
                let (line, column) = place_after(&text);
                let offset = at.saturating_sub(usize::from(wrong) + usize::from(after));
                let hint = if encoding == UTF_8 {
                    "if the file comes from a spreadsheet on Windows, set encoding = \"windows-1252\""
                } else {
                    "set `encoding` to the one in which the file was saved"
                };
                return Err(Error::Encoding { file: file.to_owned(), line, column, offset, encoding: encoding.name(), hint });
            }
        }
    }
    no_nul(&text, file)?;
    Ok(text)
}

/// Text has no such character; UTF-16 that is read as something else has one in every other place.
fn no_nul(text: &str, file: &str) -> Result<(), Error> {
    text.find('\0').map_or(Ok(()), |at| {
        let (line, column) = place_after(&text[..at]);
        Err(Error::Nul { file: file.to_owned(), line, column })
    })
}

/// The line and the character that follow the text. `\n`, `\r` and `\r\n` each end a line.
fn place_after(text: &str) -> (usize, usize) {
    let mut place = (1, 1);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        place = match character {
            '\r' if characters.peek() == Some(&'\n') => place,
            '\n' | '\r' => (place.0 + 1, 1),
            _ => (place.0, place.1 + 1),
        };
    }
    place
}
