//! Places in a text, as messages name them.

/// Checks that a message says something, of a place that is in the text or right behind it. Lines and columns are counted from 1, columns in
/// characters.
///
/// # Panics
/// When it is anywhere else.
pub fn check(text: &str, line: usize, column: usize, message: &str) {
    assert!(!message.trim().is_empty(), "a message without words at {line}:{column}");
    // `split` and not `lines`: the end of the file is a place even where its last line is empty.
    let lines: Vec<&str> = text.split('\n').collect();
    let Some(found) = line.checked_sub(1).and_then(|index| lines.get(index)) else {
        panic!("there is no line {line} among {}: {message}", lines.len());
    };
    let length = found.chars().count();
    assert!((1..=length + 1).contains(&column), "there is no column {column} among {length} of line {line}: {message}");
}
