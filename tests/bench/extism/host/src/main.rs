//! `bench-host PLUGIN.wasm ANSWER.json` does the work of the figures on Extism: for each line `describe N` or `list N` on its input it
//! makes a fresh instance N times, calls the function, reads what came back, and prints how many microseconds each took.

#![allow(clippy::print_stdout, reason = "a program talks to whoever runs it")]

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::time::{Duration, Instant};

use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, Wasm};
use serde::Deserialize;

#[derive(Deserialize)]
struct Attribute {
    #[allow(dead_code, reason = "it is read, and that is all")]
    name: String,
    #[serde(default)]
    values: Vec<String>,
}

#[derive(Deserialize)]
struct Account {
    #[allow(dead_code, reason = "it is read, and that is all")]
    id: String,
    #[allow(dead_code, reason = "it is read, and that is all")]
    unique_name: String,
    #[allow(dead_code, reason = "it is read, and that is all")]
    status: String,
    attributes: Vec<Attribute>,
}

/// One call with an instance of its own; how long it took, from making it to having dropped it.
fn call(compiled: &CompiledPlugin, function: &str, input: &str) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let mut plugin = Plugin::new_from_compiled(compiled)?;
    let whole = match function {
        "describe" => serde_json::from_slice::<Vec<Attribute>>(plugin.call::<_, &[u8]>(function, "")?)?.len() == 7,
        _ => {
            let accounts: Vec<Account> = serde_json::from_slice(plugin.call::<_, &[u8]>(function, input)?)?;
            accounts.len() == 1_000 && accounts.iter().all(|account| account.attributes.iter().all(|it| it.values.len() == 1))
        }
    };
    drop(plugin);
    let taken = start.elapsed();
    if whole { Ok(taken) } else { Err("the answer is not whole".into()) }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(plugin), Some(answer)) = (arguments.next(), arguments.next()) else { return Err("PLUGIN.wasm ANSWER.json".into()) };
    let answer = std::fs::read_to_string(answer)?;
    // Limits of time and memory, as ours have them.
    let manifest = Manifest::new([Wasm::data(std::fs::read(plugin)?)]).with_timeout(Duration::from_secs(120)).with_memory_max(256 << 4);
    let compiled = CompiledPlugin::new(PluginBuilder::new(manifest).with_wasi(false))?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (function, times) = line.split_once(' ').ok_or("a function and a number")?;
        let taken: Vec<String> = (0..times.parse::<usize>()?)
            .map(|_| Ok(format!("{:.3}", call(&compiled, function, &answer)?.as_secs_f64() * 1e6)))
            .collect::<Result<_, Box<dyn Error>>>()?;
        writeln!(out, "{}", taken.join(" "))?;
        out.flush()?;
    }
    Ok(())
}
