use crate::bindings::log;
use crate::guest::Guest;
use crate::limits::{Limits, Remedy, Setting};
use crate::printable;

/// The longest message, and the longest name or value of a field; what is longer is cut. A reader sees what it was about.
const LONGEST_MESSAGE: usize = 4 << 10;
const LONGEST_FIELD: usize = 1 << 10;

/// How many fields a line has; those beyond are left out, and the line says how many.
const MOST_FIELDS: usize = 32;

/// The log that a call may still write.
#[derive(Debug)]
pub(crate) struct LogBudget {
    lines: u32,
    bytes: usize,
    /// Lines that were dropped.
    pub(crate) dropped: u64,
}

impl LogBudget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { lines: limits.log_lines, bytes: limits.log_bytes, dropped: 0 }
    }

    /// Whether a line of so many bytes may still be written.
    fn take(&mut self, bytes: usize) -> bool {
        let fits = self.lines > 0 && bytes <= self.bytes;
        if fits {
            self.lines -= 1;
            self.bytes -= bytes;
        } else {
            self.dropped += 1;
        }
        fits
    }
}

macro_rules! emit {
    ($guest:expr, $level:ident, $message:expr, $fields:expr) => {
        tracing::event!(
            target: "innkeeper::connector",
            tracing::Level::$level,
            app = %$guest.surroundings.app,
            connector = %$guest.surroundings.connector,
            operation = $guest.operation,
            fields = %$fields,
            "{}",
            $message
        )
    };
}

impl log::Host for Guest {
    fn write(&mut self, level: log::Level, message: String, fields: Vec<log::Field>) -> wasmtime::Result<()> {
        let message = printable::line(&printable::cut(&message, LONGEST_MESSAGE));
        let fields = pairs(&fields);
        // What is written counts, and an escape is longer than what it shows.
        if !self.log.take(message.len() + fields.len()) {
            return Ok(());
        }
        match level {
            log::Level::Trace => emit!(self, TRACE, message, fields),
            log::Level::Debug => emit!(self, DEBUG, message, fields),
            log::Level::Info => emit!(self, INFO, message, fields),
            log::Level::Warn => emit!(self, WARN, message, fields),
            log::Level::Error => emit!(self, ERROR, message, fields),
        }
        Ok(())
    }
}

impl Guest {
    /// Says how much of the log was dropped, if any was: once a call, however much it was.
    pub(crate) fn close_log(&self) {
        if self.log.dropped == 0 {
            return;
        }
        let limits = &self.surroundings.limits;
        let remedy = |setting| Remedy(setting, limits.setters.of(setting));
        tracing::warn!(
            target: "innkeeper::connector",
            app = %self.surroundings.app,
            connector = %self.surroundings.connector,
            operation = self.operation,
            dropped = self.log.dropped,
            "{} lines of log were dropped: a call may write {} lines ({}) and {} bytes ({})",
            self.log.dropped,
            limits.log_lines,
            remedy(Setting::LogLines),
            limits.log_bytes,
            remedy(Setting::LogKilobytes),
        );
    }
}

/// `name="value" name="value"`; a name that is more than a word is in quotes too, or it could pass for several.
fn pairs(fields: &[log::Field]) -> String {
    // The quotation marks in a text must not end it; what else misleads is escaped after that.
    let quoted = |text: &str| format!("\"{}\"", printable::line(&printable::cut(text, LONGEST_FIELD).escape_debug().to_string()));
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let name = |name: &str| match name.chars().all(plain) && name.len() <= LONGEST_FIELD {
        true => name.to_owned(),
        false => quoted(name),
    };
    let pair = |field: &log::Field| format!("{}={}", name(&field.name), quoted(&field.value));
    let mut pairs: Vec<String> = fields.iter().take(MOST_FIELDS).map(pair).collect();
    if let Some(more) = fields.len().checked_sub(MOST_FIELDS).filter(|more| *more > 0) {
        pairs.push(format!("({more} more fields)"));
    }
    pairs.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beyond_either_limit_are_dropped_and_counted() {
        let mut budget = LogBudget::new(&Limits { log_lines: 3, log_bytes: 10, ..Limits::default() });
        assert!(budget.take(4) && budget.take(4));
        assert!(!budget.take(4), "too many bytes");
        assert!(budget.take(2), "a shorter one still fits");
        assert!(!budget.take(0), "too many lines");
        assert_eq!(budget.dropped, 2);
    }

    #[test]
    fn a_field_cannot_forge_another() {
        let fields = [log::Field { name: "a".into(), value: "x\" b=\"y\n".into() }];
        assert_eq!(pairs(&fields), r#"a="x\" b=\"y\n""#);
        let fields = [log::Field { name: "a=\"x\" b".into(), value: "y".into() }];
        assert_eq!(pairs(&fields), r#""a=\"x\" b"="y""#);
    }

    #[test]
    fn a_line_has_an_end() {
        let field = |name: &str, value: String| log::Field { name: name.into(), value };
        let mut fields = vec![field("long", "x".repeat(1 << 20))];
        fields.resize_with(100, || field("short", "y".into()));
        let line = pairs(&fields);
        assert!(line.len() < LONGEST_FIELD + 1_000 && line.contains("xx…\" short=\"y\""), "{}", line.len());
        assert!(line.ends_with("(68 more fields)"), "{}", &line[line.len() - 40..]);
    }

    #[test]
    fn a_field_cannot_steer_a_terminal() {
        let fields = [log::Field { name: "a\x1b[2J".into(), value: "\u{202e}x\u{2028}".into() }];
        assert_eq!(pairs(&fields), r#""a\u{1b}[2J"="\u{202e}x\u{2028}""#);
    }
}
