//! Systems to provision: SCIM servers in a process of their own, and what they could do for a client that does nothing else.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Failure, Setting};

/// The running program `fake-scim`; killed when dropped.
pub struct Saas {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Base URL and token of each server.
    pub servers: Vec<(String, String)>,
}

impl Saas {
    /// So many servers, every answer of which takes so many milliseconds.
    ///
    /// # Errors
    /// When they do not start.
    pub fn start(setting: &Setting, latency: u64, count: usize) -> Result<Self, Failure> {
        let mut command = Command::new(setting.programs.join("fake-scim"));
        command.arg(latency.to_string()).arg(count.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(Failure::of("fake-scim"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::new("fake-scim", "it has no input and output"));
        };
        let mut saas = Self { child, input, output: BufReader::new(output), servers: Vec::new() };
        for _ in 0..count {
            let line = saas.line()?;
            let (base_url, token) = line.split_once(' ').ok_or_else(|| Failure::new("fake-scim", &line))?;
            saas.servers.push((base_url.to_owned(), token.to_owned()));
        }
        Ok(saas)
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(Failure::of("fake-scim"))?;
        Ok(line.trim().to_owned())
    }

    /// Sends a command and gives what it answers.
    ///
    /// # Errors
    /// When it has ended.
    pub fn ask(&mut self, command: &str) -> Result<String, Failure> {
        writeln!(self.input, "{command}").map_err(Failure::of("fake-scim"))?;
        self.line()
    }

    /// How many requests with this method came so far.
    ///
    /// # Errors
    /// When it has ended.
    pub fn requests(&mut self, method: &str, path: &str) -> Result<usize, Failure> {
        let said = self.ask(&format!("requests {method} {path}"))?;
        said.parse().map_err(|_| Failure::new("fake-scim", said))
    }

    /// How many users a second the first server makes for a client that does nothing but ask for that, so many requests at once. Also
    /// whether the server, not the engine, is what a figure is about.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn limit(&self, at_once: usize, time: Duration) -> Result<f64, Failure> {
        let (base_url, token) = self.servers.first().ok_or_else(|| Failure::new("fake-scim", "there is no server"))?;
        let address = base_url.trim_start_matches("http://").trim_end_matches("/scim/v2");
        let (stop, made) = (AtomicBool::new(false), AtomicUsize::new(0));
        let start = Instant::now();
        let results: Vec<Result<(), Failure>> = thread::scope(|scope| {
            let client = |number| asking(address, token, number, &stop, &made);
            let clients: Vec<_> = (0..at_once).map(|number| scope.spawn(move || client(number))).collect();
            thread::sleep(time);
            stop.store(true, Ordering::Relaxed);
            let ended = |client: thread::ScopedJoinHandle<'_, _>| {
                client.join().unwrap_or_else(|_| Err(Failure::new("a client", "it broke")))
            };
            clients.into_iter().map(ended).collect()
        });
        results.into_iter().collect::<Result<Vec<()>, _>>()?;
        Ok(f64::from(u32::try_from(made.into_inner()).unwrap_or(u32::MAX)) / start.elapsed().as_secs_f64())
    }
}

impl Drop for Saas {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection, on which a user is made after the other.
fn asking(address: &str, token: &str, number: usize, stop: &AtomicBool, made: &AtomicUsize) -> Result<(), Failure> {
    let mut stream = TcpStream::connect(address).map_err(Failure::of("the server"))?;
    stream.set_nodelay(true).map_err(Failure::of("the server"))?;
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        count += 1;
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"limit.{number}.{count}@acme.example","displayName":"Nobody","active":true}}"#
        );
        let length = body.len();
        let request = format!(
            "POST /scim/v2/Users HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\ncontent-type: application/scim+json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).map_err(Failure::of("the server"))?;
        answered(&mut stream)?;
        made.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Reads one answer to its end.
fn answered(stream: &mut TcpStream) -> Result<(), Failure> {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).map_err(Failure::of("the server"))?;
        if read == 0 {
            return Err(Failure::new("the server", "closed the connection"));
        }
        answer.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return if head.starts_with("HTTP/1.1 201") { Ok(()) } else { Err(Failure::new("the server", head)) };
        }
    }
}
