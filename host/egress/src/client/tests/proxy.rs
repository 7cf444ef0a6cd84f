//! Proxies: none but the one that is configured, and nothing for it to see but host and port.

use super::*;
use crate::Proxy;
use innkeeper_secrets::REDACTED;
use std::process::Command;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A proxy that leads every tunnel to the same port of this machine and remembers what it was sent.
struct Tunnels {
    port: u16,
    /// The head of each request for a tunnel.
    asked: Arc<Mutex<Vec<String>>>,
    /// Everything that went through, in both directions.
    carried: Arc<Mutex<Vec<u8>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Tunnels {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Tunnels {
    /// Answers a request for a tunnel with these bytes.
    async fn answering(answer: &'static [u8], to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (asked, carried) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<Mutex<Vec<u8>>>::default());
        let (heads, bytes) = (asked.clone(), carried.clone());
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (heads, bytes) = (heads.clone(), bytes.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        head.push(stream.read_u8().await?);
                    }
                    heads.lock().expect("unpoisoned").push(String::from_utf8_lossy(&head).into_owned());
                    stream.write_all(answer).await?;
                    let server = TcpStream::connect(("127.0.0.1", to)).await?;
                    let ((from, mut back), (answers, mut forth)) = (stream.into_split(), server.into_split());
                    tokio::try_join!(carry(from, &mut forth, &bytes), carry(answers, &mut back, &bytes)).map(|_| ())
                });
            }
        });
        Self { port, asked, carried, task }
    }

    async fn to(server: &Server) -> Self {
        Self::answering(b"HTTP/1.1 200 Connection established\r\n\r\n", server.port()).await
    }

    fn options(&self, host: &str, authority: &server::Tls) -> Options {
        let proxy = Proxy::new(format!("http://{host}:{}", self.port).parse().expect("a URL")).expect("a proxy");
        Options { proxy: Some(proxy), certificate_authorities: vec![authority.pem()], ..Options::default() }
    }

    /// The first lines of the requests for tunnels.
    fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().expect("unpoisoned");
        asked.iter().map(|head| head.lines().next().unwrap_or_default().to_owned()).collect()
    }
}

async fn carry(
    mut from: impl tokio::io::AsyncRead + Unpin,
    to: &mut (impl tokio::io::AsyncWrite + Unpin),
    memory: &Mutex<Vec<u8>>,
) -> std::io::Result<()> {
    let mut piece = [0; 4096];
    loop {
        let size = from.read(&mut piece).await?;
        if size == 0 {
            return to.shutdown().await;
        }
        memory.lock().expect("unpoisoned").extend(&piece[..size]);
        to.write_all(&piece[..size]).await?;
    }
}

fn closed(urls: &[&str]) -> Policy {
    Policy { networks: vec![], ..policy(urls) }
}

#[tokio::test]
async fn a_proxy_sees_host_and_port_and_never_the_request() {
    let authority = server::authority();
    let server = Server::tls(&authority, "crm.example").await;
    let proxy = Tunnels::to(&server).await;
    let client = client_with(closed(&["https://crm.example/api"]), proxy.options("127.0.0.1", &authority));
    let mut request = Request::new(Method::Post, "/users?filter=shown");
    request.headers = vec![("X-Note".into(), "between-us".into())];
    let (exchange, response) = client.exchange(request).await;
    assert_eq!((response.expect("an answer").body, exchange.sent), (b"ok".to_vec(), true));
    let seen = server.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].target.as_str()), ("POST", "/api/users?filter=shown"));
    assert_eq!(seen[0].header("authorization"), Some(&*format!("Bearer {TOKEN}")));
    assert_eq!(seen[0].header("host"), Some("crm.example"));

    assert_eq!(proxy.asked(), ["CONNECT crm.example:443 HTTP/1.1"]);
    let mut all = proxy.asked.lock().expect("unpoisoned").concat().into_bytes();
    all.extend(proxy.carried.lock().expect("unpoisoned").iter());
    assert!(all.len() > 1000, "the handshake went through it");
    for text in ["users", "filter", "between-us", "uthorization"] {
        assert!(!String::from_utf8_lossy(&all).contains(text), "the proxy saw {text}");
    }
    assert!(!innkeeper_secrets::Redactor::new([TOKEN]).finds(&all));
}

#[tokio::test]
async fn the_certificate_is_verified_for_the_host_behind_the_proxy() {
    let authority = server::authority();
    let server = Server::tls(&authority, "evil.example").await;
    let proxy = Tunnels::to(&server).await;
    let client = client_with(closed(&["https://crm.example"]), proxy.options("127.0.0.1", &authority));
    let error = client.send(get_request("/")).await.expect_err("another name");
    assert_eq!((error.code(), error.sent()), (Code::Connection, false));
    assert!(error.to_string().contains("the certificate is not for crm.example"), "{error}");
    assert!(server.seen().is_empty());
}

/// Says where proxies are, and nothing else.
struct OnlyTheProxy;

#[async_trait::async_trait]
impl crate::Resolve for OnlyTheProxy {
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<std::net::IpAddr>> {
        match name {
            "proxy.example" => Ok(vec![[127, 0, 0, 1].into()]),
            // What is of a private network is looked up here.
            "crm.internal" | "crm" => Ok(vec![[10, 0, 0, 1].into()]),
            "localhost" => Ok(vec![[127, 0, 0, 1].into()]),
            other => panic!("{other} is looked up by the proxy"),
        }
    }
}

#[tokio::test]
async fn names_are_looked_up_by_the_proxy_and_its_own_name_here() {
    let authority = server::authority();
    let server = Server::tls(&authority, "crm.example").await;
    let proxy = Tunnels::to(&server).await;
    let options = Options { resolver: Arc::new(OnlyTheProxy), ..proxy.options("proxy.example", &authority) };
    let client = client_with(closed(&["https://crm.example"]), options);
    // The default port may be spelt out.
    for target in ["/", "https://crm.example:443/x"] {
        client.send(get_request(target)).await.expect("an answer");
    }
    assert!(proxy.asked().iter().all(|line| line == "CONNECT crm.example:443 HTTP/1.1"), "{:?}", proxy.asked());
}

#[tokio::test]
async fn what_is_closed_or_local_is_refused_before_the_proxy_hears_of_it() {
    let authority = server::authority();
    let proxy = Tunnels::answering(b"HTTP/1.1 200 OK\r\n\r\n", 9).await;
    for url in [
        "https://169.254.169.254",
        "https://2852039166",
        "https://[::ffff:169.254.169.254]",
        "https://[fd00:ec2::254]",
        "https://168.63.129.16",
        "https://10.0.0.1",
        "https://127.0.0.1",
        "https://[::1]",
        "https://crm.internal",
        "https://crm",
        "https://localhost",
    ] {
        let options = Options { resolver: Arc::new(OnlyTheProxy), ..proxy.options("127.0.0.1", &authority) };
        let error = client_with(closed(&[url]), options).send(get_request("/")).await.expect_err(url);
        assert_eq!((error.code(), error.sent()), (Code::Resolution, false), "{url}: {error}");
        assert!(error.to_string().contains("[app.crm]\nnetworks = [\""), "{url}: {error}");
    }
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_granted_place_in_the_own_network_is_reached_without_the_proxy() {
    let authority = server::authority();
    let (secure, plain) = (Server::tls(&authority, "localhost").await, ok().await);
    let proxy = Tunnels::answering(b"HTTP/1.1 403 Forbidden\r\n\r\n", 9).await;
    for url in [format!("https://localhost:{}", secure.port()), plain.url("")] {
        let options = Options { resolver: Arc::new(OnlyTheProxy), ..proxy.options("127.0.0.1", &authority) };
        client_with(policy(&[&url]), options).send(get_request("/")).await.expect(&url);
    }
    assert_eq!((secure.connections(), plain.connections(), proxy.asked().len()), (1, 1, 0));
}

#[tokio::test]
async fn a_proxy_that_makes_no_tunnel_is_a_connection_error_that_names_it() {
    let authority = server::authority();
    let mut texts = Vec::new();
    for answer in [
        &b"HTTP/1.1 403 Forbidden\r\n\r\n"[..],
        b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ] {
        let proxy = Tunnels::answering(answer, 9).await;
        let client = client_with(closed(&["https://crm.example"]), proxy.options("127.0.0.1", &authority));
        let error = client.send(Request::new(Method::Post, "/")).await.expect_err("no tunnel");
        assert_eq!((error.code(), error.sent()), (Code::Connection, false));
        texts.push(error.to_string().replace(&proxy.port.to_string(), "PORT"));
    }
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let options =
        Options { proxy: Proxy::new(format!("http://127.0.0.1:{port}").parse().expect("a URL")).ok(), ..Options::default() };
    let error = client_with(closed(&["https://crm.example"]), options).send(get_request("/")).await.expect_err("nobody");
    texts.push(error.to_string().replace(&port.to_string(), "PORT"));
    insta::assert_snapshot!(texts.join("\n"));
}

#[tokio::test]
async fn a_token_endpoint_is_asked_through_the_proxy_as_well() {
    let authority = server::authority();
    let server = Server::tls(&authority, "idp.example").await;
    let proxy = Tunnels::to(&server).await;
    let credential = Credential::OauthClient(crate::OauthClient {
        secret: SecretRef::Env("TOKEN".into()),
        client_id: "innkeeper".into(),
        client_auth: crate::ClientAuthentication::Basic,
        token_url: "https://idp.example/token".parse().expect("a URL"),
        scopes: vec![],
    });
    let credentials = Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(OneToken));
    let options = proxy.options("127.0.0.1", &authority);
    let client = Client::new(closed(&["https://crm.example"]), None, credentials, options).expect("a client");
    // The endpoint's `ok` is no token.
    let error = client.send(get_request("/")).await.expect_err("no token");
    assert_eq!(error.code(), Code::NoCredential, "{error}");
    assert_eq!(proxy.asked(), ["CONNECT idp.example:443 HTTP/1.1"]);
    assert!(!proxy.carried.lock().expect("unpoisoned").windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()));
    assert!(!error.to_string().contains(REDACTED), "there was nothing to take out: {error}");
}

/// Says in the child process that it is the child.
const CHILD: &str = "INNKEEPER_TEST_WITH_PROXIES_IN_THE_ENVIRONMENT";

#[tokio::test]
async fn proxies_in_the_environment_change_nothing() {
    let authority = server::authority();
    let (secure, plain) = (Server::tls(&authority, "localhost").await, ok().await);
    if std::env::var_os(CHILD).is_some() {
        let options = Options { certificate_authorities: vec![authority.pem()], ..Options::default() };
        for url in [format!("https://localhost:{}", secure.port()), plain.url("")] {
            client_with(policy(&[&url]), options.clone()).send(get_request("/")).await.expect(&url);
        }
        return;
    }
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    proxy.set_nonblocking(true).expect("a socket");
    let address = format!("http://{}", proxy.local_addr().expect("an address"));
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child.args(["--exact", "client::tests::proxy::proxies_in_the_environment_change_nothing"]).env(CHILD, "1");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        child.env(name, &address);
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(name);
    }
    let output = tokio::task::spawn_blocking(move || child.output()).await.expect("no panic").expect("a child");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    let error = proxy.accept().expect_err("nobody came to the proxy");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}
