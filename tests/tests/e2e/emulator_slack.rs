//! A workspace on the Slack that somebody else wrote, by the Web API: people who are there already are known again by their addresses,
//! page after page, and go into channels and out of them.
//!
//! What it cannot do stays out: it has no user groups, no SCIM and no methods for admins, so that nobody is invited or deactivated; it
//! does not tell which channels one person is in, and lists all members of a channel on one page.

use std::collections::BTreeSet;

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::company::Company;
use innkeeper_tests::peer::{Emulator, Service};
use innkeeper_tests::workspace::Workspace;
use serde_json::{Value, json};

use crate::scenario::{self, how_many, install, operations};

/// More than one page of users, of which the connector asks for 500.
const PEOPLE: usize = 700;
/// A department, and the channel of the same name.
const DEPARTMENT: &str = "People";
const CHANNEL: &str = "people";

struct Team {
    company: Company,
    workspace: Workspace,
    emulator: Emulator,
    client: ScimClient,
}

impl Team {
    fn new() -> Self {
        let company = Company::of(PEOPLE);
        let users = company.employees.iter().map(|employee| {
            let name = employee.user_name.split('@').next();
            json!({ "name": name, "real_name": employee.given_name, "email": employee.user_name })
        });
        let seed = json!({ "users": users.collect::<Vec<_>>() });
        let emulator = Emulator::start(Service::Slack, "U000000001", &seed);
        let client = ScimClient::new(emulator.base_url(), emulator.token());
        let mut workspace = Workspace::empty();
        workspace.set("SLACK_TOKEN", emulator.token());
        workspace.write("innkeeper.toml", configuration(emulator.base_url()));
        install(&workspace, "slack");
        let team = Self { company, workspace, emulator, client };
        let _ = team.call("conversations.create", &[("name", CHANNEL)]);
        team
    }

    /// Calls a method by hand.
    fn call(&self, method: &str, fields: &[(&str, &str)]) -> Value {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = self.client.send("POST", &format!("/api/{method}"), &form, Some(&body.join("&"))).success();
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer
    }

    /// The addresses of who is in the channel, but for the admin who made it.
    fn members(&self) -> BTreeSet<String> {
        let channels = self.call("conversations.list", &[("limit", "1000")]);
        let channels = channels["channels"].as_array().expect("a list");
        let channel = channels.iter().find(|channel| channel["name"] == CHANNEL).expect("the channel is there");
        let members = self.call("conversations.members", &[("channel", channel["id"].as_str().expect("an id"))]);
        let members = members["members"].as_array().expect("a list").iter().map(|id| id.as_str().expect("an id"));
        members
            .filter(|id| *id != "U000000001")
            .map(|id| self.call("users.info", &[("user", id)])["user"]["profile"]["email"].as_str().expect("text").to_owned())
            .collect()
    }

    fn expected(&self) -> BTreeSet<String> {
        let there = self.company.employees.iter().filter(|employee| employee.department == DEPARTMENT);
        there.map(|employee| employee.user_name.clone()).collect()
    }

    /// Plans and applies until there is nothing left to do, and gives what the first plan had.
    fn settle(&self) -> Value {
        self.workspace.write("people.csv", self.company.people_csv());
        let plan = self.plan(3);
        let _ = scenario::apply(&self.workspace);
        assert_eq!(operations(&self.plan(0)), Vec::<String>::new());
        plan
    }

    fn plan(&self, code: i32) -> Value {
        scenario::plan(&self.workspace, code)
    }
}

fn configuration(base_url: &str) -> String {
    format!(
        r#"[source.hr]
connector = "csv"
path = "people.csv"

[app.slack]
connector = "slack@0.1"
config = {{ profile = "web", base-url = "{base_url}/api", scim-url = "{base_url}/scim/v2" }}
credential.default = {{ env = "SLACK_TOKEN" }}
networks = ["127.0.0.0/8"]
rate = {{ requests-per-second = 10000, burst = 100000 }}
mode = "enforce"
match = ["emails"]

[app.slack.account]
emails = "person.emails"

[role.everybody]
when = "true"
grants = ["slack"]

[role.channel]
when = "person.department == '{DEPARTMENT}'"
grants = ["slack:channel/{CHANNEL}"]
"#
    )
}

#[test]
fn members_of_a_workspace_are_known_again_and_go_into_channels_and_out() {
    let mut team = Team::new();
    let plan = team.settle();
    assert_eq!((how_many(&plan, "adopt"), how_many(&plan, "create-account")), (PEOPLE, 0));
    assert_eq!(how_many(&plan, "grant"), team.expected().len());
    assert_eq!(team.members(), team.expected());
    let requests = team.emulator.requests();
    let writes = requests.iter().filter(|request| request.path == "/api/conversations.invite").count();
    assert_eq!(writes, team.expected().len(), "everybody was let in once");
    let pages = requests.iter().filter(|request| request.path.starts_with("/api/users.list?"));
    assert!(pages.filter(|request| request.path.contains("cursor=")).count() > 0, "one page had them all");

    // One moves away, and one comes.
    let moves = |from: &'static str| move |employee: &&mut innkeeper_tests::company::Employee| employee.department == from;
    team.company.employees.iter_mut().find(moves(DEPARTMENT)).expect("somebody").department = "Finance".to_owned();
    team.company.employees.iter_mut().find(moves("Sales")).expect("somebody").department = DEPARTMENT.to_owned();
    let plan = team.settle();
    assert_eq!((how_many(&plan, "grant"), how_many(&plan, "revoke")), (1, 1), "{:?}", operations(&plan));
    assert_eq!(team.members(), team.expected());
}
