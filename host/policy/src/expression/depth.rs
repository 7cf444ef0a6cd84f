//! How deep an expression nests, measured before it is parsed: the parser and everything after it work by recursion, and a stack
//! that overflows takes the whole process with it.

/// What the parser bears on its stack, and everything after it on any, with room to spare also in an unoptimised build; people
/// write ten.
pub(super) const DEEPEST: usize = 40;

/// The depth: open brackets count twice, for they take the parser through every level of precedence, and what chains within
/// an operand once, for `a + b + c` is `(a + b) + c`. `&&`, `||` and `,` begin a new operand.
pub(super) fn depth(text: &str) -> usize {
    let bytes = text.as_bytes();
    // The operators of each open bracket, and of the whole.
    let mut open: Vec<usize> = vec![0];
    let (mut here, mut deepest, mut index) = (0_usize, 0, 0);
    while index < bytes.len() {
        match bytes[index] {
            b'\'' | b'"' => {
                index = end_of_text(bytes, index).unwrap_or(index + 1);
                continue;
            }
            bracket @ (b'(' | b'[' | b'{') => {
                // `a[0][1]` is `(a[0])[1]`.
                let after_operand =
                    text[..index].trim_end().ends_with(|last: char| last.is_alphanumeric() || "_)]}'\"".contains(last));
                if let (b'[', true, Some(operators)) = (bracket, after_operand, open.last_mut()) {
                    *operators += 1;
                    here += 1;
                }
                open.push(0);
                here += 2;
            }
            b')' | b']' | b'}' if open.len() > 1 => here -= 2 + open.pop().unwrap_or(0),
            b'+' | b'-' | b'*' | b'/' | b'%' | b'!' | b'.' => {
                if let Some(operators) = open.last_mut() {
                    *operators += 1;
                    here += 1;
                }
            }
            b'&' | b'|' | b',' | b'?' | b':' | b'=' | b'<' | b'>' => {
                if let Some(operators) = open.last_mut() {
                    here -= std::mem::take(operators);
                }
            }
            _ => {}
        }
        deepest = deepest.max(here);
        index += 1;
    }
    deepest
}

/// The index after a text literal that begins at `start`; none if it does not end.
fn end_of_text(bytes: &[u8], start: usize) -> Option<usize> {
    let quote = bytes[start];
    let raw = start.checked_sub(1).is_some_and(|before| matches!(bytes[before], b'r' | b'R'));
    let width = if bytes[start..].starts_with(&[quote; 3]) { 3 } else { 1 };
    let mut index = start + width;
    while index < bytes.len() {
        match bytes[index] {
            b'\\' if !raw => index += 1,
            b'\n' if width == 1 => return None,
            byte if byte == quote && bytes[index..].starts_with(&[quote; 3][..width]) => return Some(index + width),
            _ => {}
        }
        index += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_sums_are_deep_and_lists_of_conditions_are_not() {
        assert_eq!(depth("((a))"), 4);
        assert_eq!(depth("1 + 2 + 3"), 2);
        assert_eq!(depth(&["person.a == 'x'"; 100].join(" || ")), 1);
        assert_eq!(depth("f(a.b, c.d) + [1]"), 3);
        assert_eq!(depth("a[0][0] && b[0]"), 4);
    }

    #[test]
    fn text_is_not_deep() {
        assert_eq!(depth("'((((' + \"++\\\"++\" + '''a'+'b'''"), 2);
        assert_eq!(depth("r'\\' + ((1))"), 5);
    }
}
