//! The SCIM server of our own as a program, for benchmarks: it has a process, and so memory and time, of its own.
//!
//! `fake-scim [LATENCY_MS]` prints its base URL and its token on a line and ends when its standard input does.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use innkeeper_tests::fake::{Quirks, ScimServer};

fn main() -> std::io::Result<()> {
    let latency = std::env::args().nth(1).and_then(|text| text.parse().ok()).map(Duration::from_millis).unwrap_or_default();
    let server = ScimServer::with(Quirks { latency, ..Quirks::default() });
    let mut out = std::io::stdout();
    writeln!(out, "{} {}", server.base_url(), server.token())?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
