//! The engine as a process, and what other processes ask of it.

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::fake::{Quirks, ScimServer};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::scenario::{Scenario, operations};

/// Longer than anything here takes on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// A process of the program that is stopped at the end of the test.
struct Running {
    child: Option<Child>,
}

impl Running {
    /// Starts `innkeeper run` and waits until it has done everything once.
    fn start(scenario: &Scenario, arguments: &[&str]) -> Self {
        let line = [&["run"], arguments].concat();
        let child = scenario.workspace.command(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let running = Self { child: Some(child) };
        until("it waits", || scenario.run(&["status", "--output", "json"]).json()["service"]["doing"] == "waiting");
        running
    }

    /// Tells it to stop and gives its exit code and what it said.
    fn stop(mut self) -> (Option<i32>, String) {
        let child = self.child.take().expect("it runs");
        terminate(&child);
        let output = child.wait_with_output().expect("it ends");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn terminate(child: &Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it can be told");
}

/// The ids of the members of a group.
fn member_ids(server: &ScimServer, group: &str) -> Vec<String> {
    let groups = server.groups();
    let group = groups.iter().find(|known| known["displayName"] == group).expect("the group");
    let members = group["members"].as_array().into_iter().flatten();
    members.filter_map(|member| Some(member["value"].as_str()?.to_owned())).collect()
}

#[track_caller]
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < LONG, "not within {LONG:?}: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A company whose source is looked at every second, and its app only once an hour.
fn watched(server: &ScimServer, people: usize) -> Scenario {
    let scenario = Scenario::on(server, people);
    let configuration = scenario.workspace.read("innkeeper.toml");
    let run = "[run]\nevery = \"1h\"\nsources = { hr = \"1s\" }\n\n";
    scenario.workspace.write("innkeeper.toml", format!("{run}{configuration}"));
    scenario
}

#[test]
fn everything_is_put_right_and_somebody_who_changes_at_once_without_reading_the_app_again() {
    let server = ScimServer::start();
    let mut scenario = watched(&server, 20);
    let running = Running::start(&scenario, &[]);
    assert_eq!(server.users().len(), 20);
    server.forget_requests();
    scenario.company.employees[7].title = "Principal".to_owned();
    scenario.write_people();
    let name = scenario.company.employees[7].user_name.clone();
    until("the new title is there", || server.user(&name).expect("the account")["title"] == "Principal");
    until("the run has ended", || scenario.run(&["status", "--output", "json"]).json()["service"]["doing"] == "waiting");
    let writes: Vec<String> =
        server.requests().iter().filter(|seen| seen.method != "GET").map(|seen| seen.method.clone()).collect();
    assert_eq!(writes, ["PATCH"]);
    let (code, said) = running.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());
}

#[test]
fn a_leaver_is_closed_at_once_while_thousands_of_changes_are_under_way_in_another_process() {
    let server = ScimServer::start();
    let mut scenario = Scenario::on(&server, 300);
    scenario.settle();
    for employee in &mut scenario.company.employees {
        employee.title = format!("{} II", employee.title);
    }
    scenario.write_people();
    let _ = scenario.plan(3);
    // On eight places, at 400 ms each for look and write: half a minute, of which the leaver needs a few seconds on a busy machine, too.
    server.set_quirks(Quirks { latency: Duration::from_millis(400), ..Quirks::default() });
    let mut apply = scenario.workspace.command(&["apply", "plan.json", "--yes"]);
    let mut apply = apply.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    until("the run is under way", || server.requests().iter().any(|seen| seen.method == "PATCH"));
    let leaver = scenario.company.employees.last().expect("somebody").user_name.clone();
    let asked = scenario.run(&["offboard", &leaver, "--yes"]).exits(0);
    assert!(asked.stdout.contains("Done."), "{}", asked.stdout);
    let under_way = apply.try_wait().expect("it can be asked").is_none();
    assert_eq!(server.user(&leaver).expect("the account")["active"], false);
    assert!(under_way, "the leaver did not wait for the others");
    server.set_quirks(Quirks::default());
    let output = apply.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(server.user(&leaver).expect("the account")["active"], false, "and stays so: {said}");
    let whole = scenario.run(&["audit", "verify"]).exits(0);
    assert!(whole.stdout.contains("whole"), "{}", whole.stdout);
}

#[test]
fn what_the_guard_holds_back_waits_for_a_human_who_carries_it_out_beside_the_running_engine() {
    let server = ScimServer::start();
    let mut scenario = watched(&server, 40);
    let running = Running::start(&scenario, &[]);
    // Ten of forty people have left, as their records say: more than the guard lets through.
    for employee in scenario.company.employees.iter_mut().rev().take(10) {
        employee.end_date = Some(jiff::civil::date(2026, 1, 31));
    }
    scenario.write_people();
    let status = || scenario.run(&["status", "--output", "json"]).json();
    until("something is held", || status()["service"]["held"]["directory"].is_object());
    let closed = || server.users().iter().filter(|user| user["active"] == false).count();
    assert!(closed() < 10, "single leavers may go, all of them may not");
    let command = status()["service"]["held"]["directory"]["command"].as_str().expect("a command").to_owned();
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--yes", "--override", "the branch office was sold"]).collect();
    let _ = scenario.run(&words).exits(0);
    until("all ten are closed", || closed() == 10);
    let (code, said) = running.stop();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn an_app_that_is_down_is_left_alone_and_told_and_tried_again() {
    let server = ScimServer::start();
    let scenario = watched(&server, 5);
    server.set_quirks(Quirks { answers: innkeeper_tests::fake::Answers::Status(503), ..Quirks::default() });
    let once = scenario.run(&["run", "--once", "--output", "json"]).exits(1).json();
    assert_eq!(once["quarantined"]["directory"]["times"], 1, "{once:#}");
    let status = scenario.run(&["status"]);
    assert!(status.stdout.contains("directory failed once and is tried again at"), "{}", status.stdout);
    server.set_quirks(Quirks::default());
    let _ = scenario.run(&["run", "--once"]).exits(0);
    assert_eq!(server.users().len(), 5);
}

#[test]
fn a_pause_stops_everything_between_two_requests_and_resume_goes_on() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 12);
    let _ = scenario.plan(3);
    let paused = scenario.run(&["pause", "directory", "--reason", "the vendor moves"]).exits(0);
    assert!(paused.stdout.contains("the vendor moves"), "{}", paused.stdout);
    server.forget_requests();
    let applied = scenario.run(&["apply", "plan.json", "--yes", "--output", "json"]);
    assert_eq!(server.requests().len(), 0, "{}", applied.stdout);
    assert!(applied.stdout.contains("go on with `innkeeper resume directory`"), "{}", applied.stdout);
    let planned = scenario.run(&["plan"]).exits(1);
    assert!(planned.stdout.contains("paused by"), "{}", planned.stdout);
    let status = scenario.run(&["status"]);
    assert!(status.stdout.contains("directory is paused by"), "{}", status.stdout);
    let _ = scenario.run(&["pause", "nowhere"]).exits(2);
    let _ = scenario.run(&["resume"]).exits(0);
    scenario.settle();
    let log = scenario.run(&["audit", "--last", "1000", "--output", "json"]).stdout;
    assert!(log.contains("engine.paused") && log.contains("engine.resumed"), "{log}");
}

#[test]
fn health_is_answered_and_a_supervisor_is_told() {
    let server = ScimServer::start();
    let mut scenario = watched(&server, 3);
    let socket = scenario.workspace.path("notify");
    let supervisor = UnixDatagram::bind(&socket).expect("a socket");
    supervisor.set_read_timeout(Some(LONG)).expect("a time");
    scenario.workspace.set("NOTIFY_SOCKET", socket.to_str().expect("a path"));
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let address = format!("127.0.0.1:{port}");
    let running = Running::start(&scenario, &["--listen", &address]);
    let client = ScimClient::new(&format!("http://{address}"), "nobody");
    let health = client.send("GET", "/health", &[], None);
    assert_eq!((health.status, health.text.as_str()), (200, "ok\n\n"));
    let status = client.send("GET", "/status", &[], None);
    assert!(status.text.contains("\"doing\":\"waiting\""), "{}", status.text);
    let mut told = String::new();
    let mut bytes = [0; 512];
    while !told.contains("READY=1") || !told.contains("STATUS=waiting") {
        let length = supervisor.recv(&mut bytes).expect("told in time");
        told.push_str(&String::from_utf8_lossy(&bytes[..length]));
    }
    let (code, said) = running.stop();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn what_an_app_wants_approved_is_carried_out_as_soon_as_it_is() {
    let server = ScimServer::start();
    let scenario = watched(&server, 4);
    let configuration = scenario.workspace.read("innkeeper.toml");
    let demand = "[approver.grace]\nkey = \"KEY\"\n\n[approval]\nby = [\"grace\"]\n\n";
    let made = scenario.run(&["connector", "keygen", "grace.pem", "--output", "json"]).exits(0).json();
    let key = made["public-key"].as_str().expect("the public half").to_owned();
    scenario.workspace.write("innkeeper.toml", format!("{}{configuration}", demand.replace("KEY", &key)));
    let running = Running::start(&scenario, &[]);
    assert_eq!(server.users().len(), 0);
    let status = scenario.run(&["status", "--output", "json"]).json();
    let held = &status["service"]["held"]["directory"];
    assert!(held["why"].as_str().is_some_and(|why| why.contains("0 of 1 approval")), "{status:#}");
    let plan = held["command"].as_str().and_then(|command| command.rsplit(' ').next()).expect("a file").to_owned();
    let _ = scenario.run(&["approve", &plan, "--key", "grace.pem"]).exits(0);
    until("everybody has an account", || server.users().len() == 4);
    until("nothing is held any more", || scenario.run(&["status", "--output", "json"]).json()["service"]["held"].is_null());
    let (code, said) = running.stop();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn what_an_app_in_warn_mode_would_get_is_listed_and_never_written() {
    let server = ScimServer::start();
    let scenario = watched(&server, 4);
    let configuration = scenario.workspace.read("innkeeper.toml");
    scenario.workspace.write("innkeeper.toml", configuration.replace("mode = \"enforce\"", "mode = \"warn\""));
    let running = Running::start(&scenario, &[]);
    let status = scenario.run(&["status", "--output", "json"]).json();
    let why = status["service"]["held"]["directory"]["why"].as_str().unwrap_or_default().to_owned();
    assert!(why.contains("warn mode"), "{status}");
    assert_eq!(server.users().len(), 0);
    let _ = running.stop();
}

#[test]
fn access_for_a_time_is_given_and_taken_back_at_once_beside_the_running_engine() {
    let server = ScimServer::start();
    let scenario = watched(&server, 6);
    let running = Running::start(&scenario, &[]);
    let somebody = scenario.company.employees.iter().find(|employee| employee.department != "Sales").expect("somebody else");
    let name = somebody.user_name.clone();
    let id = server.user(&name).expect("the account")["id"].as_str().expect("an id").to_owned();
    let members = || member_ids(&server, "Sales");
    assert!(!members().contains(&id));
    let _ = scenario.run(&["grant", &name, "directory:group/sales", "--for", "1d"]).exits(0);
    until("it is given, though the app is not due for an hour", || members().contains(&id));
    let _ = scenario.run(&["revoke", &name, "directory:group/sales"]).exits(0);
    until("it is taken back", || !members().contains(&id));
    let (code, said) = running.stop();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn somebody_who_moves_loses_the_old_access_at_once_as_well() {
    let server = ScimServer::start();
    let mut scenario = watched(&server, 20);
    let running = Running::start(&scenario, &[]);
    let mover = scenario.company.employees.iter().position(|employee| employee.department == "Sales").expect("a seller");
    let name = scenario.company.employees[mover].user_name.clone();
    let id = server.user(&name).expect("the account")["id"].as_str().expect("an id").to_owned();
    assert!(member_ids(&server, "Sales").contains(&id));
    scenario.company.employees[mover].department = "Engineering".to_owned();
    scenario.write_people();
    until("the new access is there", || member_ids(&server, "Engineering").contains(&id));
    until("the old access is gone, though the app is not due for an hour", || !member_ids(&server, "Sales").contains(&id));
    let (code, said) = running.stop();
    assert_eq!(code, Some(0), "{said}");
}
