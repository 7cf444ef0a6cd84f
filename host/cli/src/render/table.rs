//! Tables without frames, that can be cut with `awk`.

use comfy_table::{ContentArrangement, Table, presets};

/// A table with a head. Narrow terminals wrap the last column.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    for row in rows {
        // A cell is one line, whatever somebody else called something.
        table.add_row(row.map(|cell| cell.replace('\n', "\\n")));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut text: String = table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if text.is_empty() {
        text.push('\n');
    }
    text
}
