//! A connector that misbehaves on demand: `accounts.list` and `accounts.create` do what the setting `behaviour` says.

use innkeeper_sdk::prelude::*;
use innkeeper_sdk::system;
use serde::Deserialize;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Deserialize)]
#[serde(tag = "behaviour", rename_all = "kebab-case")]
enum Hostile {
    /// Answers with everything that it can see: its settings, time, random bytes, and whatever WASI lets it have.
    Echo {
        note: String,
    },
    /// Counts the calls that this instance has seen.
    Count,
    Spin,
    /// Spins for so many milliseconds and then answers.
    SpinFor {
        millis: u64,
    },
    /// Takes memory, a mebibyte at a time, without end.
    Allocate,
    Recurse,
    Panic,
    Exit,
    /// Waits for the clock, as WASI would let it.
    Sleep,
    /// Answers with a name of so many bytes.
    Huge {
        bytes: usize,
    },
    /// Writes so many lines of log of so many bytes.
    Log {
        lines: u32,
        bytes: usize,
    },
    /// Sends so many requests, heeding no error, and answers with how many were answered.
    Requests {
        count: u32,
    },
    /// Sends a request with a header that is the host's.
    ReservedHeader,
    /// Sends a request with so many header fields.
    HeaderFlood {
        count: usize,
    },
    /// Sends a request with so many query parameters.
    QueryFlood {
        count: usize,
    },
    /// Sends a request to a URL of so many bytes.
    LongUrl {
        count: usize,
    },
    /// Sends a request with a header field of so many bytes.
    LongHeader {
        count: usize,
    },
    /// Asks the host for so many random bytes and answers with how many it got.
    Random {
        count: u32,
    },
    /// Writes a line of log that clears the screen, forges a line and turns the direction of reading around.
    Forge,
    /// Writes a line of log with so many fields of so many bytes.
    LongLine {
        lines: usize,
        bytes: usize,
    },
    /// Prints so many bytes on standard output and works.
    Print {
        bytes: usize,
    },
    /// Answers with how many bytes standard input has.
    Listen,
    /// Reads `/`.
    Read,
    /// Writes to `/` and panics once it is answered.
    WriteThenPanic,
    /// Writes to `/` and says `unavailable`, whatever became of it.
    WriteThenDeny,
    /// Panics before it writes.
    PanicThenWrite,
    /// Answers with an account that was not asked for.
    Impostor,
    /// Writes to standard error and works.
    Chatter {
        bytes: usize,
    },
}

static CALLS: AtomicU32 = AtomicU32::new(0);

impl Connector for Hostile {
    fn open() -> Result<Self> {
        config()
    }

    fn describe(&self) -> Result<Description> {
        Ok(Description::new("userName", vec![AttributeSchema::text("userName")]))
    }
}

export!(Hostile: Accounts);

/// A page whose accounts have these names.
fn names(names: impl IntoIterator<Item = String>) -> Result<AccountPage> {
    let account = |name: String| Account::new(name.as_str(), name.as_str(), AccountStatus::Active);
    Ok(AccountPage { items: names.into_iter().map(account).collect(), next: None, total: None })
}

impl Accounts for Hostile {
    fn list(&self, _: Option<String>) -> Result<AccountPage> {
        match self {
            Self::Echo { note } => names(what_is_visible(note)),
            Self::Count => names([(CALLS.fetch_add(1, Ordering::Relaxed) + 1).to_string()]),
            Self::Spin => spin(u64::MAX),
            Self::SpinFor { millis } => spin(*millis),
            Self::Allocate => {
                let mut hoard: Vec<Vec<u8>> = Vec::new();
                loop {
                    hoard.push(black_box(vec![1; 1 << 20]));
                }
            }
            Self::Recurse => names([recurse(1).to_string()]),
            Self::Panic => panic!("the connector's own words"),
            Self::Exit => std::process::exit(3),
            Self::Sleep => {
                std::thread::sleep(std::time::Duration::from_secs(3600));
                names([])
            }
            Self::Huge { bytes } => names(["x".repeat(*bytes)]),
            Self::Log { lines, bytes } => {
                let line = "x".repeat(*bytes);
                (0..*lines).for_each(|_| log::info!("{}", line));
                names([])
            }
            Self::Requests { count } => {
                let answered = (0..*count).filter(|_| http::get("/").send().is_ok()).count();
                names([answered.to_string()])
            }
            Self::ReservedHeader => {
                http::get("/").header("authorization", "Bearer stolen").send()?;
                names([])
            }
            Self::HeaderFlood { count } => {
                (0..*count).fold(http::get("/"), |request, _| request.header("x-flood", "y")).send()?;
                names([])
            }
            Self::QueryFlood { count } => {
                (0..*count).fold(http::get("/"), |request, _| request.query("x", "y")).send()?;
                names([])
            }
            Self::LongUrl { count } => {
                http::get(format!("/{}", "x".repeat(*count))).send()?;
                names([])
            }
            Self::LongHeader { count } => {
                http::get("/").header("x-long", "y".repeat(*count)).send()?;
                names([])
            }
            Self::Random { count } => names([system::random(*count).len().to_string()]),
            Self::Forge => {
                let text = "\u{1b}[2J\r\n2026-01-01 ERROR forged \u{202e}desrever\u{2028}";
                log::write(log::Level::Info, text, &[("na\u{7}me\" forged=\"", text.to_owned())]);
                names([])
            }
            Self::LongLine { lines, bytes } => {
                let fields = vec![("field", "x".repeat(*bytes)); *lines];
                log::write(log::Level::Info, &"y".repeat(*bytes), &fields);
                names([])
            }
            Self::Print { bytes } => {
                let written = std::io::stdout().write_all(&vec![b'x'; *bytes]);
                names([format!("written {}", written.is_ok())])
            }
            Self::Listen => {
                let read = std::io::stdin().read_to_end(&mut Vec::new());
                names([format!("{read:?}")])
            }
            Self::Read => {
                http::get("/").send()?.error_for_status()?;
                names([])
            }
            Self::Chatter { bytes } => {
                let _ = writeln!(std::io::stderr(), "{}", "x".repeat(*bytes));
                names([])
            }
            Self::WriteThenPanic | Self::WriteThenDeny | Self::PanicThenWrite => Err(Error::unsupported("call create")),
            Self::Impostor => Err(Error::unsupported("call get")),
        }
    }

    fn get(&self, id: &str) -> Result<Account> {
        Ok(Account::new(format!("not-{id}"), "impostor", AccountStatus::Active))
    }

    fn get_many(&self, _: &[String]) -> Result<Vec<Option<Account>>> {
        Ok(vec![])
    }

    fn create(&self, draft: Draft, _: Intent) -> Result<Outcome> {
        match self {
            Self::WriteThenPanic => {
                let _ = http::post("/").send();
                panic!("after the write")
            }
            Self::WriteThenDeny => {
                let _ = http::post("/").send();
                Err(Error::new(ErrorCode::Unavailable, "nothing was done, says the connector"))
            }
            Self::PanicThenWrite => panic!("before the write"),
            _ => Ok(Outcome::Done(Account::new("1", draft.unique_name, AccountStatus::Active))),
        }
    }
}

fn spin(millis: u64) -> Result<AccountPage> {
    let began = system::now();
    while system::now() - began < millis {
        (0..10_000).for_each(|turn| {
            black_box(turn);
        });
    }
    names([])
}

#[allow(unconditional_recursion)]
fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    recurse(depth + 1) + frame[black_box(0)]
}

fn what_is_visible(note: &str) -> Vec<String> {
    let files = ["/", ".", "/etc/passwd"].iter().any(|path| std::fs::metadata(path).is_ok());
    let network = std::net::TcpStream::connect("127.0.0.1:80").is_ok() || std::net::UdpSocket::bind("127.0.0.1:0").is_ok();
    let lookup = std::net::ToSocketAddrs::to_socket_addrs("localhost:80").is_ok();
    vec![
        format!("note {note}"),
        format!("now {}", system::now()),
        format!("random {:?}", system::random(4)),
        format!("variables {}", std::env::vars_os().count()),
        format!("arguments {}", std::env::args_os().count()),
        format!("files {files}"),
        format!("network {network}"),
        format!("lookup {lookup}"),
    ]
}
