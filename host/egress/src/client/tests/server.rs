//! Servers on this machine that remember what they were asked.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::serve::ListenerExt;
use http::{HeaderName, HeaderValue};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// One request as the server saw it.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) body: Vec<u8>,
    headers: axum::http::HeaderMap,
}

impl Seen {
    /// A request without its body, from its head.
    fn read(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let field = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
        };
        let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
        Some(Self { method, target, body: Vec::new(), headers: lines.map_while(field).collect() })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A server for the time of a test.
pub(super) struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// A server with these routes.
    pub(super) async fn start(router: Router) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), router).await.expect("a port")
    }

    /// Two servers on the same port that answer `ok`: one at 127.0.0.1, and one at 127.0.0.2.
    pub(super) async fn two_at_one_port() -> (Self, Self) {
        let router = || Router::new().fallback(axum::routing::any(async || "ok"));
        loop {
            let first = Self::start(router()).await;
            // Somebody else may have the port there.
            if let Ok(second) = Self::start_at(SocketAddr::from(([127, 0, 0, 2], first.port)), router()).await {
                return (first, second);
            }
        }
    }

    async fn start_at(address: SocketAddr, router: Router) -> std::io::Result<Self> {
        let (seen, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let remember = from_fn({
            let seen = seen.clone();
            move |request: Request, next: Next| {
                let seen = seen.clone();
                async move {
                    let (head, body) = request.into_parts();
                    let body = to_bytes(body, usize::MAX).await.expect("a whole body");
                    seen.lock().expect("unpoisoned").push(Seen {
                        method: head.method.to_string(),
                        target: head.uri.to_string(),
                        body: body.to_vec(),
                        headers: head.headers.clone(),
                    });
                    next.run(Request::from_parts(head, Body::from(body))).await
                }
            }
        });
        let listener = TcpListener::bind(address).await?;
        let port = listener.local_addr()?.port();
        let counter = connections.clone();
        let listener = listener.tap_io(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        let router = router.layer(remember);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Ok(Self { port, seen, connections, task })
    }

    /// A server that reads the head of a request and answers with these bytes, whatever they are.
    pub(super) async fn raw(answer: &'static [u8]) -> Self {
        Self::writing(answer, std::iter::empty).await
    }

    /// As [`raw`](Self::raw), with what is written behind it for as long as somebody reads.
    pub(super) async fn writing<I>(answer: &'static [u8], more: impl Fn() -> I + Send + 'static) -> Self
    where
        I: Iterator<Item = Vec<u8>> + Send + 'static,
    {
        let (listener, port) = listen().await;
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = connections.clone();
        let task = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                open.spawn(answer_with(stream, answer, more()));
            }
        });
        Self { port, seen: Arc::default(), connections, task }
    }

    /// A server with a certificate of this authority for this name, which answers `ok` and remembers all but the body.
    pub(super) async fn tls(authority: &Tls, name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new(vec![name.to_owned()]).expect("a name").signed_by(&key, &authority.issuer);
        Self::with_certificate(certificate.expect("signed"), key).await
    }

    /// A server with a certificate that it signed itself.
    pub(super) async fn self_signed(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("signed");
        Self::with_certificate(made.cert, made.signing_key).await
    }

    async fn with_certificate(certificate: rcgen::Certificate, key: KeyPair) -> Self {
        let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let configuration = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a certificate");
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(configuration));
        let (listener, port) = listen().await;
        let (seen, connections): (Arc<Mutex<Vec<Seen>>>, Arc<AtomicUsize>) = Default::default();
        let (memory, counter) = (seen.clone(), connections.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let (acceptor, memory) = (acceptor.clone(), memory.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
                        let head = answer_with(stream, answer, std::iter::empty()).await;
                        memory.lock().expect("unpoisoned").extend(Seen::read(&head));
                    }
                });
            }
        });
        Self { port, seen, connections, task }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("unpoisoned").clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

/// Gives the head of the request.
async fn answer_with(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &[u8],
    more: impl Iterator<Item = Vec<u8>>,
) -> String {
    let mut head = vec![0; 4096];
    let size = stream.read(&mut head).await.unwrap_or_default();
    // What the client makes of it is the test's business.
    let _ = stream.write_all(answer).await;
    for piece in more {
        if stream.write_all(&piece).await.is_err() {
            break;
        }
    }
    let _ = stream.shutdown().await;
    String::from_utf8_lossy(&head[..size]).into_owned()
}

/// A certificate authority.
pub(super) struct Tls {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Tls {
    pub(super) fn pem(&self) -> Vec<u8> {
        self.pem.clone().into_bytes()
    }
}

pub(super) fn authority() -> Tls {
    let mut params = CertificateParams::new(Vec::<String>::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    // Authorities of the same name would be taken for one that lost its key.
    let name = key.public_key_raw().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    params.distinguished_name.push(rcgen::DnType::CommonName, &name[..32]);
    let pem = params.self_signed(&key).expect("signed").pem();
    Tls { issuer: Issuer::new(params, key), pem }
}

/// A body of chunks without a length.
pub(super) struct Chunks(pub(super) Box<dyn Iterator<Item = Vec<u8>> + Send>);

impl futures::Stream for Chunks {
    type Item = std::io::Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}

/// A body that begins and never ends.
pub(super) struct Stall(pub(super) Option<Vec<u8>>);

impl futures::Stream for Stall {
    type Item = std::io::Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.take().map_or(Poll::Pending, |first| Poll::Ready(Some(Ok(first))))
    }
}
