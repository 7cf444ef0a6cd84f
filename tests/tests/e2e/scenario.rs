//! A company on a SCIM server, with the connector of this repository installed: where most flows start.

use innkeeper_tests::company::Company;
use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::workspace::{Run, Workspace};
use innkeeper_tests::{bundle, setup};
use serde_json::{Value, json};

/// A configuration folder for a company on one server.
pub(crate) struct Scenario {
    pub(crate) workspace: Workspace,
    pub(crate) company: Company,
}

impl Scenario {
    /// So many people, on the server with this URL and token.
    pub(crate) fn new(people: usize, base_url: &str, token: &str) -> Self {
        let scenario = Self::without_connector(people, base_url, token);
        install(&scenario.workspace, "scim");
        scenario
    }

    /// The same, with nothing installed.
    pub(crate) fn without_connector(people: usize, base_url: &str, token: &str) -> Self {
        let mut workspace = Workspace::empty();
        workspace.set(setup::TOKEN, token);
        workspace.write("innkeeper.toml", setup::configuration(base_url));
        let scenario = Self { workspace, company: Company::of(people) };
        scenario.write_people();
        scenario
    }

    /// On a server of our own, with the groups that the roles give.
    pub(crate) fn on(server: &ScimServer, people: usize) -> Self {
        create_groups(server);
        Self::new(people, server.base_url(), server.token())
    }

    /// Writes the people as they are now.
    pub(crate) fn write_people(&self) {
        self.workspace.write("people.csv", self.company.people_csv());
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.workspace.run(arguments)
    }

    /// Makes a plan, which must end with this code, and gives what it says of the one app.
    #[track_caller]
    pub(crate) fn plan(&self, code: i32) -> Value {
        plan(&self.workspace, code)
    }

    /// Applies the plan that was made last.
    #[track_caller]
    pub(crate) fn apply(&self) -> Run {
        apply(&self.workspace)
    }

    /// Plans and applies until everything is as it should be.
    #[track_caller]
    pub(crate) fn settle(&self) {
        let _ = self.plan(3);
        let _ = self.apply();
        let rest = self.plan(0);
        assert_eq!(operations(&rest), Vec::<String>::new());
    }
}

/// Makes a plan, which must end with this code, and gives what it says of the one app.
#[track_caller]
pub(crate) fn plan(workspace: &Workspace, code: i32) -> Value {
    let planned = workspace.run(&["plan", "--out", "plan.json", "--output", "json"]).exits(code).json();
    planned["plan"]["content"]["apps"][0].clone()
}

/// Applies the plan that was made last.
#[track_caller]
pub(crate) fn apply(workspace: &Workspace) -> Run {
    workspace.run(&["apply", "plan.json", "--yes"]).exits(0)
}

/// Installs the connector in this folder of `plugins/`, from a publisher who is trusted.
pub(crate) fn install(workspace: &Workspace, connector: &str) {
    let folder = format!("bundle-{connector}");
    bundle::lay_out(connector, &workspace.path(&folder));
    bundle::trusting(bundle::key(), "innkeeper").save(workspace.folder()).expect("a file can be written");
    let _ = workspace.run(&["connector", "install", &format!("./{folder}"), "--yes"]).exits(0);
}

/// Makes the groups that the roles give.
pub(crate) fn create_groups(server: &ScimServer) {
    for name in setup::groups() {
        server.create_group(json!({ "displayName": name }));
    }
}

/// What an app's plan does, an entry a change, in order: `create-account`, `grant Sales`, `update-account title`.
pub(crate) fn operations(app: &Value) -> Vec<String> {
    let changes = app["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    changes
        .iter()
        .map(|change| {
            let operation = &change["operation"];
            let mut words = vec![operation["do"].as_str().unwrap_or("?").to_owned()];
            words.extend(operation["name"].as_str().map(str::to_owned));
            let deltas = operation["deltas"].as_array().map(Vec::as_slice).unwrap_or_default();
            words.extend(deltas.iter().filter_map(|delta| delta["name"].as_str().map(short)));
            words.join(" ")
        })
        .collect()
}

/// An attribute's name without its schema.
fn short(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

/// How many of the operations start so.
pub(crate) fn how_many(app: &Value, operation: &str) -> usize {
    operations(app).iter().filter(|other| other.starts_with(operation)).count()
}
