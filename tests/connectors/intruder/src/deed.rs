//! What the intruder is told to do.

use serde::Deserialize;

/// One way of trying.
#[derive(Deserialize)]
#[serde(tag = "deed", rename_all = "kebab-case")]
pub(crate) enum Deed {
    /// Sends these requests and tells what came back.
    Send { requests: Vec<Request> },
    /// Sends so many requests, heeding no error.
    Flood { count: u32, target: String },
    /// Reads whatever files there are.
    ReadFiles,
    /// Writes files.
    WriteFiles,
    /// Reads variables and arguments.
    Environment,
    /// Opens a connection of its own, and listens for some.
    Tcp { address: String },
    /// Sends a datagram of its own.
    Udp { address: String },
    /// Looks a name up by itself.
    Names { name: String },
    /// Computes for ever.
    Spin,
    /// Waits for the clock.
    Sleep,
    /// Takes memory in large pieces.
    Hoard,
    /// Takes memory in small pieces.
    Nibble,
    /// Calls itself for ever.
    Recurse,
    /// Answers with so many bytes.
    Huge { bytes: usize },
    /// Logs this text so often, as message, as a field's name and as its value.
    Log { text: String, lines: u32 },
    /// Panics with this text.
    Complain { text: String },
    /// Lists one account of this name.
    Account { name: String },
    /// Fails with this text.
    Fail { text: String },
    /// Ends the process, as it thinks.
    Exit,
    /// Answers with how many calls it remembers.
    Remember,
    /// Lists in a way that never ends well.
    Pages { kind: Pages },
}

/// A listing that never ends well.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Pages {
    /// A new account and a new cursor on every page.
    Endless,
    /// No account and a new cursor on every page.
    Hollow,
    /// The same account on every page, under a new cursor.
    Repeated,
    /// Two cursors that lead to each other.
    Circle,
    /// A cursor that is never valid when it is used.
    Invalid,
    /// A cursor of a mebibyte.
    Heavy,
}

/// A request, with nothing in it made right.
#[derive(Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    /// The credential slot to use; `anonymous` for none.
    pub(crate) slot: String,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: "GET".to_owned(),
            target: "/".to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            slot: "default".to_owned(),
        }
    }
}
