use crate::Limits;
use crate::bindings::log;
use crate::guest::Guest;
use crate::printable;

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
        let bytes = fields.iter().map(|field| field.name.len() + field.value.len()).sum::<usize>() + message.len();
        if !self.log.take(bytes) {
            return Ok(());
        }
        let message = printable::line(&message);
        let fields = pairs(&fields);
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
    /// Says how much of the log was dropped, if any was.
    pub(crate) fn close_log(&self) {
        if self.log.dropped > 0 {
            tracing::warn!(
                target: "innkeeper::connector",
                app = %self.surroundings.app,
                connector = %self.surroundings.connector,
                operation = self.operation,
                dropped = self.log.dropped,
                "the connector logged more than a call may; lines were dropped"
            );
        }
    }
}

/// `name=value name=value`, values in quotes.
fn pairs(fields: &[log::Field]) -> String {
    let pair = |field: &log::Field| format!("{}={:?}", printable::line(&field.name), field.value);
    fields.iter().map(pair).collect::<Vec<_>>().join(" ")
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
    }
}
