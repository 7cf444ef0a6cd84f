//! What guests log, as it stands in the operator's log.

use super::*;
use std::io;
use std::sync::Mutex;

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics while it holds this").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log of one call, as a program writes it.
fn logged(configuration: Value, limits: Limits) -> String {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).without_time().finish();
    tracing::subscriber::with_default(subscriber, || {
        let app = misbehaving(configuration, limits);
        assert!(run(app.list_accounts(None)).result.is_ok());
    });
    let bytes = written.0.lock().expect("nobody panicked").clone();
    String::from_utf8(bytes).expect("text")
}

#[test]
fn a_line_of_log_cannot_forge_another_or_steer_a_terminal() {
    insta::assert_snapshot!(logged(json!({ "behaviour": "forge" }), Limits::default()).escape_debug());
}

#[test]
fn a_flood_of_log_is_cut_off_and_told_once_with_its_number() {
    let log = logged(json!({ "behaviour": "log", "lines": 5_000, "bytes": 100 }), Limits { log_lines: 3, ..Limits::default() });
    assert_eq!(log.lines().count(), 4, "{log}");
    insta::assert_snapshot!(log.lines().last().unwrap_or_default());
}

#[test]
fn a_line_of_log_has_an_end_however_long_it_is() {
    let log = logged(json!({ "behaviour": "long-line", "lines": 1_000, "bytes": 10_000 }), Limits::default());
    assert_eq!(log.lines().count(), 1);
    assert!(log.len() < 48 << 10 && log.contains("(968 more fields)"), "{} bytes", log.len());
}
