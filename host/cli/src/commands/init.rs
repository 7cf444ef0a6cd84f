//! `innkeeper init`

use crate::arguments::Init;
use crate::context::make_private;
use crate::error::CliError;
use crate::reply::Reply;
use std::path::Path;

const CONFIGURATION: &str = include_str!("init/innkeeper.toml");
const PEOPLE: &str = include_str!("init/people.csv");
const IGNORE: &str = "# What Innkeeper keeps for itself: its memory, secrets and compiled connectors.\n/.innkeeper/\n/plans/\n";

pub(crate) fn run(init: &Init) -> Result<Reply, CliError> {
    let directory = &init.directory;
    std::fs::create_dir_all(directory).map_err(|error| CliError::File { what: "make", path: directory.clone(), error })?;
    let main = directory.join("innkeeper.toml");
    if main.exists() {
        return Err(CliError::Exists { path: main });
    }
    let mut written = Vec::new();
    for (name, content) in [("innkeeper.toml", CONFIGURATION), ("people.csv", PEOPLE), (".gitignore", IGNORE)] {
        if write_new(&directory.join(name), content)? {
            written.push(name);
        }
    }
    make_private(&directory.join(".innkeeper"))?;
    let into = if directory == Path::new(".") { String::new() } else { format!("cd {} && ", directory.display()) };
    let text = format!(
        "Wrote {} in {}.\nNext: {into}innkeeper check; then trust a publisher and install a connector (innkeeper connector install BUNDLE), keep its token \
         (innkeeper secret set directory-token), and look at what would happen: innkeeper plan\n",
        written.join(", "),
        directory.display(),
    );
    Ok(Reply::done(text, &serde_json::json!({ "directory": directory, "written": written })))
}

/// Writes a file unless there is one. Says whether it did.
fn write_new(path: &Path, content: &str) -> Result<bool, CliError> {
    use std::io::Write;
    let failed = |error| CliError::File { what: "write", path: path.to_owned(), error };
    match std::fs::File::create_new(path) {
        Ok(mut file) => file.write_all(content.as_bytes()).map(|()| true).map_err(failed),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(error)),
    }
}
