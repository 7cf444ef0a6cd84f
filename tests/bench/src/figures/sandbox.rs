//! What one call costs: `sandbox_call`, and `sandbox_list_vs_native`.
//!
//! A sample of `sandbox_call` is the median of a batch. A sample of the list's ratio is the shortest of a batch by the shortest native one
//! of the same batch: a list takes milliseconds, in which anything else that runs gets its turn, and the shortest is the one that was
//! left alone. All that is compared takes turns, so that what the machine does meanwhile meets all alike.

use std::fs;
use std::path::Path;
use std::time::Duration;

use innkeeper_sandbox::{Runtime, Settings, tokio_runtime};
use tracing_subscriber::EnvFilter;

use crate::measured::median;
use crate::sandbox::bare::Bare;
use crate::sandbox::beside::Beside;
use crate::sandbox::{answer, component, native, ours, verified};
use crate::{Failure, Measured, Setting};

/// How many batches there are, and the first of them warm up and are not counted.
const BATCHES: usize = 12;
const WARM_UP: usize = 2;
/// Calls in a batch: the median of so many does not move with one interrupt.
const CALLS: usize = 500;
const LISTS: usize = 21;

/// The samples of ours, of bare wasmtime's and of Extism's.
type Three = [Vec<f64>; 3];

/// Measures.
///
/// # Errors
/// When a call fails.
pub fn measure(setting: &Setting) -> Result<Vec<Measured>, Failure> {
    // The log is written as the program writes it, and thrown away.
    let filter = EnvFilter::new("innkeeper=debug");
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::sink).without_time().init();
    let folder = tempfile::tempdir().map_err(Failure::of("a temporary folder"))?;
    let answer = answer(setting.seed)?;
    let answer_file = folder.path().join("answer.json");
    fs::write(&answer_file, &answer).map_err(Failure::of("the answer"))?;
    let wasm = component(setting, "innkeeper-test-roster")?;
    let runtime = Runtime::new(Settings::default()).map_err(Failure::of("the sandbox"))?;
    let connector = runtime.load(&verified("roster", &wasm, folder.path())?).map_err(Failure::of("the connector"))?;
    let app = ours::connect(&connector, &answer)?;
    let bare = Bare::new(&wasm, &answer)?;
    let plugin = |program: &Path| program.with_file_name("bench_plugin.wasm");
    let mut extism = match &setting.extism {
        Some(program) => Some(Beside::start(program, &plugin(program), &answer_file)?),
        None => None,
    };
    let tokio = tokio_runtime().map_err(Failure::of("tokio"))?;

    let [mut calls, mut bare_calls, mut extism_calls]: Three = Default::default();
    for batch in 0..BATCHES {
        let ours = tokio.block_on(async {
            let mut taken = Vec::with_capacity(CALLS);
            for _ in 0..CALLS {
                taken.push(ours::call(&app).await?);
            }
            Ok::<_, Failure>(taken)
        })?;
        let bare = tokio.block_on(async {
            let mut taken = Vec::with_capacity(CALLS);
            for _ in 0..CALLS {
                taken.push(bare.call().await?);
            }
            Ok::<_, Failure>(taken)
        })?;
        let beside = extism.as_mut().map(|extism| extism.calls("describe", CALLS)).transpose()?;
        if batch >= WARM_UP {
            calls.push(median(micros(&ours)));
            bare_calls.push(median(micros(&bare)));
            extism_calls.extend(beside.map(median));
        }
    }

    let [mut lists, mut bare_lists, mut extism_lists]: Three = Default::default();
    for batch in 0..BATCHES {
        let (mut sandboxed, mut on_bare, mut natively) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..LISTS {
            natively.extend(native::lists(&answer, 1)?);
            sandboxed.push(tokio.block_on(ours::list(&app))?);
            on_bare.push(tokio.block_on(bare.list())?);
        }
        let beside = extism.as_mut().map(|extism| extism.calls("list", LISTS)).transpose()?;
        if batch >= WARM_UP {
            let unit = shortest(micros(&natively));
            lists.push(shortest(micros(&sandboxed)) / unit);
            bare_lists.push(shortest(micros(&on_bare)) / unit);
            extism_lists.extend(beside.map(|taken| shortest(taken) / unit));
        }
    }
    // The samples of what was not measured are none, and are left out of what is printed.
    Ok(vec![
        Measured::new("sandbox_call", "us", calls).against("bare wasmtime", bare_calls).against("Extism", extism_calls),
        Measured::new("sandbox_list_vs_native", "ratio", lists)
            .against("bare wasmtime", bare_lists)
            .against("Extism", extism_lists),
    ])
}

fn micros(taken: &[Duration]) -> Vec<f64> {
    taken.iter().map(|taken| taken.as_secs_f64() * 1e6).collect()
}

fn shortest(samples: Vec<f64>) -> f64 {
    samples.into_iter().fold(f64::INFINITY, f64::min)
}
