//! What the vendors publish about their APIs, ready to judge by.
//!
//! GitHub's and Google's descriptions come from packages. Slack's and BambooHR's come in no package: they are read from the folder
//! `$INNKEEPER_SPECS`, where somebody has laid `slack.json` (slackapi/slack-api-specs) and `bamboohr.yaml` (BambooHR/bhr-api-php).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use innkeeper_judge::Judge;
use serde_json::Value;

use crate::venv::{self, Venv};
use crate::{Trouble, cache, npm};

/// The folder with the descriptions that come in no package.
pub const FOLDER: &str = "INNKEEPER_SPECS";

/// GitHub's OpenAPI descriptions.
const GITHUB: &str = "@octokit/openapi@23.0.2";
/// Of 394 MB: GitHub.com, and GitHub Enterprise Cloud, which alone has SCIM.
const GITHUB_FILES: [&str; 2] = ["api.github.com.json", "ghec.json"];
/// What of GitHub.com's description is read: the whole has 800 paths.
const GITHUB_PATHS: [&str; 12] = [
    "/orgs/{org}",
    "/orgs/{org}/copilot/billing",
    "/orgs/{org}/external-groups",
    "/orgs/{org}/failed_invitations",
    "/orgs/{org}/invitations",
    "/orgs/{org}/members",
    "/orgs/{org}/memberships",
    "/orgs/{org}/organization-roles",
    "/orgs/{org}/teams",
    "/user/memberships/orgs/{org}",
    "/user/{account_id}",
    "/users/{username}",
];

/// Google's Discovery documents.
const GOOGLE: &str = "google-api-python-client==2.202.0\n";
const GOOGLE_FILES: [&str; 3] = ["admin.directory_v1.json", "licensing.v1.json", "admin.datatransfer_v1.json"];

/// Whose description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// GitHub.com and GitHub Enterprise Cloud.
    GitHub,
    /// Slack's Web API, as of 2021.
    Slack,
    /// Directory, Licensing and Data Transfer.
    Google,
    /// BambooHR.
    BambooHr,
}

impl Vendor {
    /// Judges by all of the vendor's descriptions, read once a process; or why there are none here.
    ///
    /// # Panics
    /// When a description that should be there cannot be had or read.
    pub fn judges(self) -> Result<&'static [Judge], &'static str> {
        static READ: [OnceLock<Result<Vec<Judge>, String>>; 4] = [const { OnceLock::new() }; 4];
        let read = READ[self as usize].get_or_init(|| match self {
            Self::GitHub => Ok(github().unwrap_or_else(|trouble| panic!("{trouble}"))),
            Self::Google => Ok(google().unwrap_or_else(|trouble| panic!("{trouble}"))),
            Self::Slack => laid("slack.json", wanted_of_slack),
            Self::BambooHr => laid("bamboohr.yaml", |path| path.contains("/employees") || path.contains("/meta/")),
        });
        read.as_deref().map_err(String::as_str)
    }
}

fn wanted_of_slack(path: &str) -> bool {
    ["/admin.users.", "/auth.", "/conversations.", "/team.", "/usergroups.", "/users."]
        .iter()
        .any(|start| path.starts_with(start))
}

fn wanted_of_github(path: &str) -> bool {
    GITHUB_PATHS.iter().any(|start| {
        let rest = path.strip_prefix(start);
        // `/orgs/{org}` and the people themselves, and not everything below.
        let alone = start.ends_with('}');
        rest.is_some_and(|rest| rest.is_empty() || (!alone && rest.starts_with('/')))
    })
}

fn github() -> Result<Vec<Judge>, Trouble> {
    let folder = github_folder()?;
    let [organisations, enterprises] = GITHUB_FILES.map(|name| folder.join(name));
    Ok(vec![
        read(&organisations, wanted_of_github)?,
        read(&enterprises, |path| path.starts_with("/scim/v2/enterprises/{enterprise}/"))?,
    ])
}

/// The folder with the two descriptions, taken out of the package once.
fn github_folder() -> Result<PathBuf, Trouble> {
    let name = format!("specs-github-{}", cache::digest([GITHUB, &GITHUB_FILES.join(" ")]));
    let folder = cache::folder().join(&name);
    let complete = folder.join("complete");
    if complete.exists() {
        return Ok(folder);
    }
    let _lock = cache::lock(&name)?;
    if complete.exists() {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).map_err(Trouble::file(&folder))?;
    let printed = venv::output(npm::npm()?.args(["pack", GITHUB, "--silent", "--pack-destination"]).arg(&folder))?;
    let package = folder.join(printed.trim());
    let members = GITHUB_FILES.map(|name| format!("package/generated/{name}"));
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&package).arg("-C").arg(&folder).arg("--strip-components=2").args(members);
    venv::output(&mut tar)?;
    fs::remove_file(&package).map_err(Trouble::file(&package))?;
    fs::write(&complete, GITHUB).map_err(Trouble::file(&complete))?;
    Ok(folder)
}

fn google() -> Result<Vec<Judge>, Trouble> {
    let venv = Venv::ensure(GOOGLE)?;
    // The package itself needs others to be imported; where it is can be asked without them.
    let ask = "import importlib.util as u; print(u.find_spec('googleapiclient').submodule_search_locations[0])";
    let folder = venv::output(Command::new(venv.program("python")).args(["-c", ask]))?;
    let folder = Path::new(folder.trim()).join("discovery_cache").join("documents");
    GOOGLE_FILES.iter().map(|name| read(&folder.join(name), |_| true)).collect()
}

/// A description in the folder for those that come in no package.
fn laid(name: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<Judge>, String> {
    let Some(folder) = env::var_os(FOLDER).filter(|folder| !folder.is_empty()) else {
        return Err(format!("{name} comes in no package, and {FOLDER} does not say in which folder it is"));
    };
    // A folder without the file is a mistake, and not a choice.
    let path = cache::repository().join(folder).join(name);
    Ok(vec![read(&path, wanted).unwrap_or_else(|trouble| panic!("{trouble}"))])
}

fn read(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Judge, Trouble> {
    let text = fs::read_to_string(path).map_err(Trouble::file(path))?;
    let yaml = path.extension().is_some_and(|extension| extension == "yaml");
    let description: Result<Value, String> = match yaml {
        true => yaml_serde::from_str(&text).map_err(|error| error.to_string()),
        false => serde_json::from_str(&text).map_err(|error| error.to_string()),
    };
    let judge = description.and_then(|description| Judge::of(&description, wanted).map_err(|error| error.to_string()));
    judge.map_err(|why| Trouble::file(path)(std::io::Error::other(why)))
}
