//! `[egress]`.

use super::section::Entry;
use crate::egress::Egress;
use crate::expression::Quoted;
use crate::problem::{Problem, Problems};
use url::Url;

pub(super) fn egress(entry: Option<Entry<'_>>, problems: &mut Problems) -> Egress {
    let Some(mut section) = entry.and_then(|entry| entry.section("[egress]", problems)) else { return Egress::default() };
    let proxy = section.take("proxy").and_then(|entry| entry.name(problems)).and_then(|quoted| proxy(&quoted, problems));
    section.finish(problems);
    Egress { proxy }
}

fn proxy(quoted: &Quoted, problems: &mut Problems) -> Option<Url> {
    match sound(&quoted.text) {
        Ok(url) => Some(url),
        Err(reason) => {
            // It may have a password in it: the message does not repeat it, nor is the line shown with it.
            if quoted.text.contains('@') {
                problems.hide(&quoted.spot);
            }
            let problem =
                Problem::new(&quoted.spot, format!("`proxy` is not a proxy's URL: {reason}"), "expected http://HOST:PORT");
            problems.push(problem.help("for example `proxy = \"http://proxy.example:3128\"`"));
            None
        }
    }
}

fn sound(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "it has no scheme, no host or a wrong port")?;
    if url.scheme() != "http" {
        return Err("it must start with `http://`, also where what goes through it is https");
    }
    if text.contains('@') {
        return Err("it has user info, and secrets do not stand in configuration; a proxy must know this machine by its address");
    }
    if url.port() == Some(0) {
        return Err("nothing listens at port 0");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("it has something behind host and port");
    }
    Ok(url)
}
