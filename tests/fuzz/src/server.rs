//! A server on loopback that answers with the bytes it is given, whatever they are.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// More than any request of a client under test has. It is read whole, so that closing the connection does not reset it.
const LARGEST_REQUEST: usize = 16 * 1024;

/// Gives each request the next of the answers, and the requests back. After the last answer connections are closed at once.
///
/// Runs until it is dropped.
pub async fn serve<'a>(listener: &TcpListener, mut answers: impl Iterator<Item = &'a [u8]>, requests: &mut Vec<String>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        requests.push(request(&mut stream).await);
        // What the client makes of half an answer is what is tested.
        let _ = stream.write_all(answers.next().unwrap_or_default()).await;
        let _ = stream.shutdown().await;
    }
}

/// A request with its body.
async fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 2048];
    while !is_whole(&bytes) && bytes.len() < LARGEST_REQUEST {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}
