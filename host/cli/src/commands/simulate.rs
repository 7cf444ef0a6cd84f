//! `innkeeper simulate`

use crate::arguments::{General, Simulate};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::simulation::render;
use crate::reply::{Exit, Reply};
use innkeeper_domain::{AppName, SourceName};
use innkeeper_engine::Supposition;
use innkeeper_policy::Configuration;
use std::path::{Path, PathBuf};

pub(crate) fn run(general: &General, asked: &Simulate) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        let configuration = asked.configuration.as_deref().map(Configuration::read).transpose()?;
        let supposed = configuration.as_ref().unwrap_or(engine.configuration());
        let people = asked.people.as_deref().map(|file| people(supposed, asked.source.as_deref(), file)).transpose()?;
        let apps = asked.apps.iter().map(|app| AppName::new(app.as_str())).collect();
        let simulation = engine.simulate(&Supposition { configuration, people, today: asked.today, apps }).await?;
        let exit = if simulation.is_same() { Exit::Done } else { Exit::Pending };
        Ok(Reply::of(render(&simulation), simulation, exit))
    })
}

/// The source that the file stands in for.
fn people(configuration: &Configuration, source: Option<&str>, file: &Path) -> Result<(SourceName, PathBuf), CliError> {
    let failed = |error| CliError::File { what: "find", path: file.to_owned(), error };
    let file_at = std::path::absolute(file).map_err(failed)?;
    let known: Vec<String> = configuration.sources().map(|source| source.name.to_string()).collect();
    let name = match (source, known.as_slice()) {
        (Some(name), known) if known.iter().any(|source| source == name) => name.to_owned(),
        (None, [only]) => only.clone(),
        _ => return Err(CliError::WhichSource { asked: source.map(str::to_owned), known }),
    };
    Ok((SourceName::new(name), file_at))
}
