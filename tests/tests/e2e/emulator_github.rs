//! A company on the GitHub that somebody else wrote, with more requests than it takes in an hour.
//!
//! What it cannot do stays out: it invites nobody, so that people join at once as managed users do; it knows no organisation roles, no
//! Copilot and no GraphQL; it keeps which team is in which and does not show it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use innkeeper_domain::{ChangeState, Plan};
use innkeeper_engine::{Approval, Engine, PlanRequest, Quiet};
use innkeeper_tests::client::ScimClient;
use innkeeper_tests::company::{Company, Employee};
use innkeeper_tests::peer::{Answered, Emulator, Service};
use innkeeper_tests::workspace::Workspace;
use jiff::civil::date;
use serde_json::{Value, json};

use crate::emulator_clock::{Time, with_engine};
use crate::scenario::install;

const PEOPLE: usize = 1_000;
/// What the emulator takes of one token in an hour.
const HOURLY: usize = 5_000;
const OWNER: &str = "acme-owner";
/// The team of those who head something.
const LEADS: &str = "Leads";

struct Organization {
    company: Company,
    workspace: Workspace,
    emulator: Emulator,
    client: ScimClient,
    time: Arc<Time>,
}

impl Organization {
    /// Everybody has a login on GitHub, and nobody is a member but the owner.
    fn new() -> Self {
        let company = Company::of(PEOPLE);
        let logins = company.employees.iter().map(login).chain([OWNER.to_owned()]);
        let users: Vec<Value> = logins.map(|login| json!({ "login": login })).collect();
        let members = json!([{ "login": OWNER, "role": "admin" }]);
        let seed = json!({ "users": users, "orgs": [{ "login": "acme", "members": members }] });
        let emulator = Emulator::start(Service::GitHub, OWNER, &seed);
        let client = ScimClient::new(emulator.base_url(), emulator.token());
        for team in company.employees.iter().flat_map(teams).collect::<BTreeSet<_>>() {
            let body = json!({ "name": team }).to_string();
            let _ = client.send("POST", "/orgs/acme/teams", &[], Some(&body)).success();
        }
        let workspace = Workspace::empty();
        workspace.write("innkeeper.toml", configuration(emulator.base_url())).write("token", emulator.token());
        install(&workspace, "github");
        Self { company, workspace, emulator, client, time: Arc::default() }
    }

    /// Plans and applies, and plans again: nothing is left to do. Gives the requests of all that.
    fn settle(&mut self) -> Vec<Answered> {
        self.workspace.write("people.csv", people_csv(&self.company));
        let _ = self.emulator.requests();
        with_engine(self.workspace.folder(), &mut self.emulator, &self.time, async |engine| {
            let plan = planned(engine).await;
            let approved = engine.approve(plan, Approval::default()).await.expect("the guard lets it pass");
            let report = engine.apply(approved, Arc::new(Quiet)).await.expect("the run is carried out");
            let open: Vec<_> = report.changes.iter().filter(|change| !matches!(change.state, ChangeState::Done { .. })).collect();
            assert!(report.is_success() && open.is_empty(), "{:?} {:?} {:#?}", report.counts(), report.findings, open.first());
            let rest = planned(engine).await;
            assert!(rest.is_empty(), "{:#?}", rest.apps());
        });
        let requests = self.emulator.requests();
        // What follows is read with an hour of its own.
        self.emulator.advance(3600);
        requests
    }

    /// The logins in a listing, in its order.
    fn logins(&self, listing: &str) -> Vec<String> {
        let mut logins = Vec::new();
        for page in 1.. {
            let users = self.client.get(&format!("/orgs/acme/{listing}?per_page=100&page={page}"));
            let users = users.as_array().expect("a list");
            if users.is_empty() {
                break;
            }
            logins.extend(users.iter().map(|user| user["login"].as_str().expect("a login").to_owned()));
        }
        logins
    }

    /// The organisation and its teams have exactly the people that they should, each of them once.
    fn assert_everybody_is_where_they_belong(&self) {
        let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        expected.insert("members".to_owned(), vec![OWNER.to_owned()]);
        for employee in self.company.employees.iter().filter(|employee| employee.end_date.is_none()) {
            let teams = teams(employee).into_iter().map(|team| format!("teams/{}/members", slug(team)));
            for listing in teams.chain(["members".to_owned()]) {
                expected.entry(listing).or_default().push(login(employee));
            }
        }
        for (listing, mut logins) in expected {
            let mut found = self.logins(&listing);
            found.sort();
            logins.sort();
            assert_eq!(found, logins, "{listing}");
        }
    }
}

async fn planned(engine: &Engine) -> Plan {
    let planned = engine.plan(&PlanRequest::default(), &Quiet).await.expect("the plan is made");
    assert!(planned.failures.is_empty(), "{:?}", planned.failures);
    planned.plan
}

/// The rate that the connector asks for would keep it below the limit, and everything would take hours.
fn configuration(base_url: &str) -> String {
    let mut text = format!(
        r#"[source.hr]
connector = "csv"
path = "people.csv"
key = "employeeNumber"

[app.github]
connector = "github@0.1"
config = {{ organization = "acme", join = "direct", base-url = "{base_url}", graphql-url = "{base_url}/graphql" }}
credential.default = {{ file = "token" }}
networks = ["127.0.0.0/8"]
rate = {{ requests-per-second = 10000, burst = 100000 }}
mode = "enforce"
match = ["userName"]

[app.github.account]
userName = "person.userName"

[role.lead]
when = "person.title.startsWith('Head of ')"
grants = ["github:team/{}"]
"#,
        slug(LEADS)
    );
    for department in Company::of(PEOPLE).employees.iter().map(|employee| &employee.department).collect::<BTreeSet<_>>() {
        let team = slug(department);
        text += &format!("\n[role.{team}]\nwhen = \"person.department == '{department}'\"\ngrants = [\"github:team/{team}\"]\n");
    }
    text
}

/// People as the HR system knows them, whose user name is their login on GitHub.
fn people_csv(company: &Company) -> String {
    let rows = company.employees.iter().map(|employee| {
        let Employee { employee_number, given_name, family_name, title, department, start_date, .. } = employee;
        let end = employee.end_date.map(|end| end.to_string()).unwrap_or_default();
        let login = login(employee);
        format!("{employee_number},{login},{given_name} {family_name},{title},{department},{start_date},{end}\n")
    });
    let header = "employeeNumber,userName,displayName,title,department,startDate,endDate\n".to_owned();
    std::iter::once(header).chain(rows).collect()
}

fn login(employee: &Employee) -> String {
    let (name, _) = employee.user_name.split_once('@').expect("an address");
    name.replace('.', "-")
}

fn teams(employee: &Employee) -> Vec<&str> {
    let lead = employee.title.starts_with("Head of ").then_some(LEADS);
    [Some(employee.department.as_str()), lead].into_iter().flatten().collect()
}

fn slug(team: &str) -> String {
    team.to_lowercase()
}

/// The writes among requests that were carried out, and how often each was.
fn writes(requests: &[Answered]) -> BTreeMap<String, usize> {
    let mut writes = BTreeMap::new();
    for request in requests.iter().filter(|request| request.method != "GET" && request.status < 300) {
        *writes.entry(format!("{} {}", request.method, request.path)).or_default() += 1;
    }
    writes
}

fn membership(employee: &Employee) -> String {
    format!("/orgs/acme/memberships/{}", login(employee))
}

fn team_membership(team: &str, employee: &Employee) -> String {
    format!("/orgs/acme/teams/{}/memberships/{}", slug(team), login(employee))
}

#[test]
fn a_thousand_people_join_past_the_hourly_limit_and_nothing_is_lost_or_repeated() {
    let mut organization = Organization::new();

    let requests = organization.settle();
    let refused = requests.iter().filter(|request| request.status == 403).count();
    assert!(requests.len() - refused > HOURLY, "{} requests, {refused} of them refused", requests.len());
    assert!(refused > 0 && organization.time.rests() > 0, "{refused} refused, {} rests", organization.time.rests());
    assert!(organization.time.passed() >= Duration::from_secs(3600), "{:?}", organization.time.passed());
    let once = organization.company.employees.iter().flat_map(|employee| {
        let teams = teams(employee).into_iter().map(|team| team_membership(team, employee));
        teams.chain([membership(employee)]).map(|path| (format!("PUT {path}"), 1)).collect::<Vec<_>>()
    });
    assert_eq!(writes(&requests), once.collect());
    organization.assert_everybody_is_where_they_belong();

    // One leaves, and one moves.
    let by_department = |department| move |employee: &&mut Employee| employee.department == department;
    let leaver = organization.company.employees.iter_mut().rev().find(by_department("Sales")).expect("somebody sells");
    leaver.end_date = Some(date(2020, 2, 28));
    let leaver = leaver.clone();
    let mover = organization.company.employees.iter_mut().rev().find(by_department("Support")).expect("somebody helps");
    let before = mover.clone();
    mover.department = "Marketing".to_owned();

    let requests = organization.settle();
    let expected = [
        format!("DELETE {}", membership(&leaver)),
        format!("DELETE {}", team_membership("Support", &before)),
        format!("PUT {}", team_membership("Marketing", &before)),
    ];
    assert_eq!(writes(&requests), expected.map(|write| (write, 1)).into());
    organization.assert_everybody_is_where_they_belong();
}
