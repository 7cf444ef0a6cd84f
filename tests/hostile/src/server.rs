//! Servers on loopback that answer whatever bytes they like, and remember every byte that they got.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server for the time of an attack.
pub struct Server {
    address: SocketAddr,
    got: Arc<Got>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Got {
    bytes: Mutex<Vec<u8>>,
    requests: Mutex<Vec<Seen>>,
    connections: Mutex<usize>,
}

/// One request as the server saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The first line and the headers, as they came.
    pub head: String,
    /// The content, as long as its header says.
    pub body: Vec<u8>,
}

impl Seen {
    /// What stands behind the method.
    #[must_use]
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)))
            .map(|pair| pair.1)
    }

    /// The secret that came as a bearer token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
    }
}

/// What the server does with a request.
pub enum Reply {
    /// Sends these bytes, and the next request may come on the same connection.
    Bytes(Vec<u8>),
    /// Sends these bytes and closes the connection.
    Last(Vec<u8>),
    /// Sends these bytes, and then one byte after the other for ever.
    Drip(Vec<u8>),
    /// Says nothing, for ever.
    Silence,
}

/// A whole answer with this status, these header lines and this content.
#[must_use]
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("HTTP/1.1 {status} Answer\r\ncontent-length: {}\r\n{lines}\r\n", body.len());
    Reply::Bytes([head.as_bytes(), body].concat())
}

type Behaviour = dyn Fn(&Seen) -> Reply + Send + Sync;

impl Server {
    /// A server at this address that answers as the function says.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(at: SocketAddr, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(at).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (got, behaviour): (Arc<Got>, Arc<Behaviour>) = (Arc::default(), Arc::new(behaviour));
        let task = tokio::spawn({
            let got = got.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    *lock(&got.connections) += 1;
                    tokio::spawn(serve(stream, got.clone(), behaviour.clone()));
                }
            }
        });
        Self { address, got, task }
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL with this path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests that it understood.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.got.requests).clone()
    }

    /// Every byte that it got.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        lock(&self.got.bytes).clone()
    }

    /// How many connections were made to it.
    #[must_use]
    pub fn connections(&self) -> usize {
        *lock(&self.got.connections)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection. Whatever goes wrong on it is the attack's business.
async fn serve(mut stream: TcpStream, got: Arc<Got>, behaviour: Arc<Behaviour>) {
    let mut waiting = Vec::new();
    while let Some(seen) = request(&mut stream, &mut waiting, &got).await {
        lock(&got.requests).push(seen.clone());
        match behaviour(&seen) {
            Reply::Bytes(bytes) if stream.write_all(&bytes).await.is_ok() => {}
            Reply::Bytes(_) => return,
            Reply::Last(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Drip(bytes) => {
                let mut sent = stream.write_all(&bytes).await;
                let mut beat = tokio::time::interval(Duration::from_millis(20));
                while sent.is_ok() {
                    beat.tick().await;
                    sent = stream.write_all(b"x").await;
                }
                return;
            }
            // Until the other side gives up.
            Reply::Silence => {
                let _ = stream.read(&mut [0]).await;
                return;
            }
        }
    }
}

/// The next request; none when the connection ends.
async fn request(stream: &mut TcpStream, waiting: &mut Vec<u8>, got: &Got) -> Option<Seen> {
    loop {
        if let Some(end) = waiting.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&waiting[..end]).into_owned();
            let mut seen = Seen { head, body: Vec::new() };
            let length: usize = seen.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
            if waiting.len() >= end + 4 + length {
                seen.body = waiting[end + 4..end + 4 + length].to_vec();
                waiting.drain(..end + 4 + length);
                return Some(seen);
            }
        }
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        waiting.extend_from_slice(&buffer[..count]);
        lock(&got.bytes).extend_from_slice(&buffer[..count]);
    }
}
