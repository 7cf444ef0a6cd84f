//! What machine the figures are of.

use std::fs;
use std::process::Command;
use std::thread;

use crate::failure::Failure;
use crate::run;

/// Processor, cores, memory, kernel and compiler, a line each.
pub(super) fn describe() -> Result<String, Failure> {
    let read = |path: &str| fs::read_to_string(path).map_err(Failure::file(path));
    let unknown = || "unknown".to_owned();
    let processor = field(&read("/proc/cpuinfo")?, "model name").unwrap_or_else(unknown);
    let memory = field(&read("/proc/meminfo")?, "MemTotal").unwrap_or_else(unknown);
    let kibibytes: u64 = memory.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease")?;
    let load = read("/proc/loadavg")?;
    let load = load.split(' ').next().unwrap_or_default();
    let rustc = run::output(Command::new("rustc").arg("--version"))?;
    let cores = thread::available_parallelism().map_or(0, usize::from);
    Ok(format!(
        "processor  {processor}\ncores      {cores}\nmemory     {} GiB\nkernel     {}\ncompiler   {}\nload       {load} in the last minute",
        (kibibytes + (1 << 19)) >> 20,
        kernel.trim(),
        rustc.trim()
    ))
}

/// The value of the first line with this name.
fn field(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn the_first_line_with_a_name_counts() {
        let text = "processor\t: 0\nmodel name\t: A processor @ 2 GHz\nmodel name\t: Another\n";
        assert_eq!(field(text, "model name").as_deref(), Some("A processor @ 2 GHz"));
        assert_eq!(field(text, "bogomips"), None);
    }
}
