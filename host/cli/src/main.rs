//! The innkeeper program: what people and scripts type.

mod arguments;
mod commands;
mod context;
mod crash;
mod error;
mod handover;
mod progress;
mod render;
mod reply;

use arguments::{Arguments, Output};
use clap::Parser;
use render::terminal::safe;
use reply::Reply;
use std::io::{BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before there is anything to see.
    if let Err(error) = crash::leave_no_dump() {
        anstream::eprintln!("innkeeper does not start, because a crash could leave secrets on the disk: {error}");
        return ExitCode::FAILURE;
    }
    // Keys, paths and command lines are there to be copied: whoever shows them may wrap them, and this program does not.
    let _ =
        miette::set_hook(Box::new(|_| Box::new(miette::MietteHandlerOpts::new().wrap_lines(false).break_words(false).build())));
    let arguments = Arguments::parse();
    let output = arguments.general.output;
    set_up_log(arguments.general.verbose);
    let result = commands::run(arguments);
    let reply = match result {
        Ok(reply) => reply,
        Err(error) if output == Output::Json => Reply::new(String::new(), &error.json(), error.exit()),
        Err(error) => {
            let exit = error.exit();
            anstream::eprintln!("{}", safe(&format!("{:?}", miette::Report::new(error))));
            return exit.into();
        }
    };
    let exit = reply.exit;
    let mut stdout = BufWriter::new(anstream::stdout().lock());
    let written = match output {
        Output::Text => stdout.write_all(safe(&reply.text).as_bytes()),
        Output::Json => reply.write_json(&mut stdout),
    };
    // A reader who has seen enough (`| head`) is no failure.
    match written.and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => exit.into(),
    }
}

/// `INNKEEPER_LOG` wins over `--verbose`; what it takes is a filter as of tracing-subscriber: `innkeeper_engine=debug`.
fn set_up_log(verbose: u8) {
    use tracing_subscriber::EnvFilter;
    let level = match verbose {
        // That a vendor's rate limit is being waited for is worth a line whatever the level.
        0 => "error,innkeeper::rest=warn",
        1 => "warn,innkeeper=info",
        2 => "info,innkeeper=debug",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("INNKEEPER_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}
