//! The SCIM server of our own as a program, for benchmarks: it has a process, and so memory and time, of its own.
//!
//! `fake-scim [LATENCY_MS [COUNT]]` starts so many servers, prints base URL and token of each on a line, and ends when its standard
//! input does. Until then it takes a command a line, and answers each with a line:
//!
//! | command | what it does |
//! |---|---|
//! | `group NAME` | makes a group on every server |
//! | `latency MS` | every answer takes so long from now on |
//! | `requests METHOD PATH` | says how many requests with this method came to paths that start so, on all servers together |
//! | `forget` | forgets the requests |

use std::io::Write as _;
use std::time::Duration;

use innkeeper_tests::fake::{Quirks, ScimServer};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1).map_while(|text| text.parse::<u64>().ok());
    let (latency, count) = (arguments.next().unwrap_or(0), arguments.next().unwrap_or(1));
    let servers: Vec<ScimServer> = (0..count).map(|_| ScimServer::with(taking(latency))).collect();
    let mut out = std::io::stdout();
    for server in &servers {
        writeln!(out, "{} {}", server.base_url(), server.token())?;
    }
    out.flush()?;
    for line in std::io::stdin().lines() {
        let line = line?;
        let (command, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match command {
            "group" => done(&servers, |server| drop(server.create_group(serde_json::json!({ "displayName": rest })))),
            "latency" => {
                let latency = rest.parse().unwrap_or(latency);
                done(&servers, |server| server.set_quirks(taking(latency)))
            }
            "requests" => {
                let (method, path) = rest.split_once(' ').unwrap_or((rest, "/"));
                servers.iter().map(|server| server.count(method, path)).sum::<usize>().to_string()
            }
            "forget" => done(&servers, ScimServer::forget_requests),
            _ => format!("there is no command `{command}`"),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn taking(millis: u64) -> Quirks {
    Quirks { latency: Duration::from_millis(millis), ..Quirks::default() }
}

fn done(servers: &[ScimServer], work: impl Fn(&ScimServer)) -> String {
    servers.iter().for_each(work);
    "done".to_owned()
}
