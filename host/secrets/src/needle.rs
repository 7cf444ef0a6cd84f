//! One text to find, with its characters encoded in any of the ways that text is.

use memchr::memmem;
use std::ops::Range;
use zeroize::Zeroizing;

pub(crate) struct Needle {
    text: Zeroizing<String>,
    /// Whether no encoder would touch a character of it, so that looking for the text itself is enough.
    plain: bool,
}

impl Needle {
    pub(crate) fn new(text: Zeroizing<String>) -> Self {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        Self { text, plain }
    }

    /// Every place where the text stands. Places can overlap.
    pub(crate) fn find_all(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(range) = self.find(bytes, from) {
            from = range.start + 1;
            found.push(range);
        }
        found
    }

    /// The first place at or behind `from`. A plain text may still have been percent-encoded by somebody thorough, so that a cheap
    /// look decides whether the thorough search is worth it.
    pub(crate) fn find(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        let rest = bytes.get(from..)?;
        let literal = memmem::find(rest, self.text.as_bytes()).map(|at| from + at..from + at + self.text.len());
        if self.plain && memchr::memchr3(b'%', b'\\', b'&', rest).is_none() {
            return literal;
        }
        // An encoded one counts where it comes first, and where it starts at the same place and is longer.
        let end = literal.as_ref().map_or(bytes.len(), |range| range.start + 1);
        self.find_encoded(bytes, from..end).or(literal)
    }

    fn find_encoded(&self, bytes: &[u8], starts: Range<usize>) -> Option<Range<usize>> {
        let mut first = [0; 4];
        let first = self.text.chars().next()?.encode_utf8(&mut first).as_bytes()[0];
        let candidate = |byte: u8| byte == first || matches!(byte, b'%' | b'\\' | b'&' | b'+');
        starts.filter(|at| candidate(bytes[*at])).find_map(|at| self.end_of_match(bytes, at).map(|end| at..end))
    }

    /// Where the text that starts here ends.
    fn end_of_match(&self, bytes: &[u8], start: usize) -> Option<usize> {
        let mut end = start;
        let mut characters = self.text.chars();
        while let Some(character) = characters.next() {
            let mut lengths = character_ends(&bytes[end..], character).into_iter().flatten();
            let first = lengths.next()?;
            let others: Vec<usize> = lengths.filter(|length| *length != first).collect();
            if !others.is_empty() {
                let ends = others.into_iter().chain([first]).map(|length| end + length).collect();
                return follow(bytes, ends, characters);
            }
            end += first;
        }
        Some(end)
    }
}

/// The rest of a match that can be read in several ways: a percent sign can be itself or the start of an encoding.
fn follow(bytes: &[u8], mut ends: Vec<usize>, characters: std::str::Chars<'_>) -> Option<usize> {
    for character in characters {
        let lengths = |end: &usize| character_ends(&bytes[*end..], character).map(|length| length.map(|length| end + length));
        ends = ends.iter().flat_map(lengths).flatten().collect();
        ends.sort_unstable();
        ends.dedup();
    }
    ends.into_iter().max()
}

/// How many bytes the character takes at the start of these, for each way of writing it.
fn character_ends(bytes: &[u8], character: char) -> [Option<usize>; 5] {
    let plus = (character == ' ' && bytes.first() == Some(&b'+')).then_some(1);
    let raw = bytes.starts_with(character.encode_utf8(&mut [0; 4]).as_bytes()).then_some(character.len_utf8());
    [raw, percent(bytes, character), json(bytes, character), entity(bytes, character), plus]
}

/// The character's UTF-8 bytes, each as `%XX` where it is one (RFC 3986, section 2.1).
fn percent(bytes: &[u8], character: char) -> Option<usize> {
    let mut at = 0;
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        at += match bytes.get(at..)? {
            [b'%', high, low, ..] if hexadecimal(&[*high, *low]) == Some(u32::from(byte)) => 3,
            [same, ..] if *same == byte => 1,
            _ => return None,
        };
    }
    Some(at)
}

/// `\n`, `\"`, `\u00e4` and their like (RFC 8259, section 7), with a pair of surrogates where the character needs one.
fn json(bytes: &[u8], character: char) -> Option<usize> {
    let (b'\\', rest) = bytes.split_first()? else { return None };
    let short = match rest.first()? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        other @ (b'"' | b'\\' | b'/' | b'\'') => char::from(*other),
        _ => '\0',
    };
    if short == character && short != '\0' {
        return Some(2);
    }
    let mut units = [0; 2];
    let mut at = 0;
    for unit in character.encode_utf16(&mut units) {
        match bytes.get(at..at + 6) {
            Some([b'\\', b'u', digits @ ..]) if hexadecimal(digits) == Some(u32::from(*unit)) => at += 6,
            _ => return None,
        }
    }
    Some(at)
}

/// `&amp;`, `&#38;`, `&#x26;` and their like.
fn entity(bytes: &[u8], character: char) -> Option<usize> {
    // `&#x1F511;` with leading zeros is still shorter than this.
    let end = bytes.iter().take(16).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(bytes[..end].strip_prefix(b"&")?).ok()?;
    let named = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            }
            .ok()
            .and_then(char::from_u32)
        }
    };
    (named == Some(character)).then_some(end + 1)
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, bytes: &[u8]) -> Option<Range<usize>> {
        Needle::new(Zeroizing::new(text.to_owned())).find(bytes, 0)
    }

    #[test]
    fn a_percent_sign_is_read_both_ways() {
        assert_eq!(find("%25x!", b"a%25x!"), Some(1..6));
        assert_eq!(find("%25x!", b"a%2525x!"), Some(1..8));
        assert_eq!(find("%25x!", b"a%2525x%21"), Some(1..10));
    }

    #[test]
    fn a_plain_text_is_found_encoded_as_well() {
        assert_eq!(find("abcd", b"%61bc%64"), Some(0..8));
        assert_eq!(find("abcd", br"\u0061bcd"), Some(0..9));
        assert_eq!(find("abcd", b"&#97;bcd"), Some(0..8));
    }

    #[test]
    fn the_first_of_an_encoded_and_a_literal_place_is_found() {
        assert_eq!(find("abcd", b"%61bcd abcd"), Some(0..6));
        assert_eq!(find("abcd", b"abcd %61bcd"), Some(0..4));
    }

    #[test]
    fn a_text_that_is_cut_off_is_not_found() {
        for bytes in [&b"abc"[..], b"%61bc%6", br"abc\u006", b"abc&#100", b"%", b"\\", b"&", b""] {
            assert_eq!(find("abcd", bytes), None, "{bytes:?}");
        }
    }
}
