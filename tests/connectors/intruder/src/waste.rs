//! Taking more than there is.

use innkeeper_sdk::log;
use std::hint::black_box;
use std::time::Duration;

pub(crate) fn spin() -> ! {
    loop {
        black_box(0);
    }
}

pub(crate) fn sleep() -> Vec<String> {
    std::thread::sleep(Duration::from_secs(3600));
    vec!["slept".to_owned()]
}

/// Memory in pieces of a mebibyte.
pub(crate) fn hoard() -> ! {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        hoard.push(black_box(vec![1; 1 << 20]));
    }
}

/// Memory in pieces that no limit would notice one by one.
pub(crate) fn nibble() -> ! {
    let mut hoard: Vec<Box<[u8; 24]>> = Vec::new();
    loop {
        hoard.push(black_box(Box::new([1; 24])));
    }
}

#[allow(unconditional_recursion)]
pub(crate) fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    recurse(depth + 1) + frame[black_box(0)]
}

pub(crate) fn log(text: &str, lines: u32) -> Vec<String> {
    (0..lines).for_each(|_| log::write(log::Level::Warn, text, &[(text, text.to_owned())]));
    vec!["logged".to_owned()]
}
