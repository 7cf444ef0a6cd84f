//! What lies outside, and whether it can be reached.

use crate::deed::Request;
use innkeeper_sdk::bindings::base::innkeeper::connector::http as wire;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::{env, fs};

/// Sends the requests as they stand and tells everything that came back.
pub(crate) fn send(requests: &[Request]) -> Vec<String> {
    requests.iter().map(|request| format!("{:?}", wire::send(&wired(request)))).collect()
}

/// How many of so many requests were answered.
pub(crate) fn flood(count: u32, target: &str) -> Vec<String> {
    let request = wired(&Request { target: target.to_owned(), ..Request::default() });
    vec![(0..count).filter(|_| wire::send(&request).is_ok()).count().to_string()]
}

fn wired(request: &Request) -> wire::Request {
    let fields = |pairs: &[(String, String)]| {
        pairs.iter().map(|(name, value)| wire::Field { name: name.clone(), value: value.clone() }).collect()
    };
    wire::Request {
        method: match request.method.as_str() {
            "POST" => wire::Method::Post,
            "PUT" => wire::Method::Put,
            "PATCH" => wire::Method::Patch,
            "DELETE" => wire::Method::Delete,
            "HEAD" => wire::Method::Head,
            "OPTIONS" => wire::Method::Options,
            _ => wire::Method::Get,
        },
        target: request.target.clone(),
        query: fields(&request.query),
        headers: fields(&request.headers),
        body: request.body.clone().map(wire::Body::Text),
        credential: match request.slot.as_str() {
            "default" => wire::Credential::Default,
            "anonymous" => wire::Credential::Anonymous,
            slot => wire::Credential::Slot(slot.to_owned()),
        },
        keep_for: None,
    }
}

/// Every file and folder that could be read.
pub(crate) fn read_files() -> Vec<String> {
    let places = ["/", ".", "..", "/etc/passwd", "/proc/self/environ", "/dev/stdin", "connector.toml", "secrets/key"];
    let files = places.iter().filter_map(|place| fs::read(place).ok().map(|bytes| format!("{place}: {} bytes", bytes.len())));
    let folders = places.iter().filter(|place| fs::read_dir(place).is_ok()).map(|place| format!("{place} is a folder"));
    let mut input = String::new();
    let _ = std::io::stdin().read_to_string(&mut input);
    files.chain(folders).chain((!input.is_empty()).then(|| format!("input: {input}"))).collect()
}

/// Every file that could be written, and every link that could be made.
pub(crate) fn write_files() -> Vec<String> {
    let places = ["/tmp/intruder", "intruder", "../intruder", "/dev/shm/intruder"];
    let written = places.iter().filter(|place| fs::write(place, "intruder").is_ok()).map(|place| format!("{place} was written"));
    let made = places.iter().filter(|place| fs::create_dir_all(place).is_ok()).map(|place| format!("{place} was made"));
    let linked =
        places.iter().filter(|place| fs::hard_link("/etc/passwd", place).is_ok()).map(|place| format!("{place} was linked"));
    written.chain(made).chain(linked).collect()
}

/// Every variable and argument.
pub(crate) fn environment() -> Vec<String> {
    let variables = env::vars_os().map(|(name, value)| format!("{name:?}={value:?}"));
    variables.chain(env::args_os().map(|argument| format!("argument {argument:?}"))).collect()
}

/// Every way in which a connection came about.
pub(crate) fn tcp(address: &str) -> Vec<String> {
    let connected = TcpStream::connect(address).ok().map(|mut stream| {
        let _ = stream.write_all(b"GET / HTTP/1.0\r\n\r\n");
        "connected".to_owned()
    });
    let listening = TcpListener::bind("127.0.0.1:0").ok().map(|_| "listening".to_owned());
    connected.into_iter().chain(listening).collect()
}

/// Every way in which a datagram left.
pub(crate) fn udp(address: &str) -> Vec<String> {
    let bound = UdpSocket::bind("0.0.0.0:0").ok();
    bound.map(|socket| format!("bound, sent {:?}", socket.send_to(b"intruder", address))).into_iter().collect()
}

/// Every address that a name has.
pub(crate) fn names(name: &str) -> Vec<String> {
    (name, 80).to_socket_addrs().map(|found| found.map(|address| address.to_string()).collect()).unwrap_or_default()
}
