//! A stranger's connector, from the key that signs it to the day on which nobody trusts it any more: all from the command line.

use std::fs;
use std::time::{Duration, Instant};

use innkeeper_tests::connector::connector_wasm;
use innkeeper_tests::fake::{Quirks, ScimServer};
use innkeeper_tests::registry::DockerRegistry;
use innkeeper_tests::workspace::{Run, Workspace};
use innkeeper_tests::{cache, setup};

use crate::scenario::{self, Scenario};

/// What version 2 asks for and version 1 does not.
const MORE: &str = "[[hosts]]\nurl = \"https://files.example.com\"\nmethods = [\"GET\"]\n";

/// A company on a server, whose connector comes from a publisher called acme who is not trusted yet.
struct Stranger {
    scenario: Scenario,
    server: ScimServer,
}

impl Stranger {
    fn new(people: usize) -> Self {
        let server = ScimServer::start();
        scenario::create_groups(&server);
        let scenario = Scenario::without_connector(people, server.base_url(), server.token());
        let configuration = setup::configuration(server.base_url()).replace("\"scim@0.1\"", "\"crm\"");
        scenario.workspace.write("innkeeper.toml", configuration);
        let stranger = Self { scenario, server };
        let _ = stranger.run(&["connector", "keygen", "acme.pem"]).exits(0);
        stranger
    }

    fn workspace(&self) -> &Workspace {
        &self.scenario.workspace
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.workspace().run(arguments)
    }

    /// Acme's public key.
    fn key(&self) -> String {
        let shown = self.run(&["connector", "keygen", "other.pem", "--output", "json"]).exits(0).json();
        assert!(shown["public-key"].as_str().is_some_and(|key| key.starts_with("ed25519:")));
        fs::remove_file(self.workspace().path("other.pem")).expect("it was just made");
        let signed = self.run(&["connector", "sign", "v1.tar.zst", "--key", "acme.pem", "--output", "json"]).exits(0).json();
        signed["key"].as_str().expect("a key").to_owned()
    }

    /// Packs and signs a version. The settings' default says in each request which version it is.
    fn publish(&self, version: &str, page_size: u32, more: &str) -> String {
        let source = cache::repository().join("plugins/scim");
        let manifest = fs::read_to_string(source.join("connector.toml"))
            .expect("the connector has a manifest")
            .replace("name = \"scim\"", "name = \"crm\"")
            .replace("publisher = \"innkeeper\"", "publisher = \"acme\"")
            .replace("version = \"0.1.0\"\npublisher", &format!("version = \"{version}\"\npublisher"))
            .replace("default = 100\n", &format!("default = {page_size}\n"))
            .replace("[credentials.default]", &format!("{more}[credentials.default]"));
        let folder = format!("crm-{version}");
        self.workspace().write(&format!("{folder}/connector.toml"), manifest);
        self.workspace().write(&format!("{folder}/README.md"), "# CRM\n");
        let wasm = fs::read(connector_wasm("innkeeper-connector-scim")).expect("the component can be read");
        self.workspace().write(&format!("{folder}/connector.wasm"), wasm);
        let file = format!("v{}.tar.zst", version.split('.').next().unwrap_or_default());
        let _ = self.run(&["connector", "pack", &folder, "--out", &file]).exits(0);
        file
    }

    fn trust(&self) -> String {
        let key = self.key();
        let _ = self.run(&["connector", "trust", "acme", &key, "--connectors", "crm,acme-*", "--yes"]).exits(0);
        key
    }

    fn sign(&self, file: &str) {
        let _ = self.run(&["connector", "sign", file, "--key", "acme.pem"]).exits(0);
    }

    /// The page sizes that the server was asked for since the last time.
    fn page_sizes(&self) -> Vec<String> {
        let mut sizes: Vec<String> = self
            .server
            .requests()
            .iter()
            .filter_map(|seen| seen.query.split('&').find_map(|pair| pair.strip_prefix("count=")).map(str::to_owned))
            .filter(|size| size != "1")
            .collect();
        self.server.forget_requests();
        sizes.dedup();
        sizes
    }
}

/// What was said, without the lines' ends: a terminal breaks them anywhere.
fn words(text: &str) -> String {
    text.split(['│', '\n', ' ']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_strangers_connector_is_trusted_granted_run_upgraded_rolled_back_and_thrown_out() {
    let acme = Stranger::new(3);
    let v1 = acme.publish("1.0.0", 50, "");

    // Unsigned, then signed by nobody who is known: not installed, and what it is can be read all the same.
    let refused = acme.run(&["connector", "install", &v1, "--yes"]).exits(1);
    assert!(words(&refused.stderr).contains("is not signed"), "{}", refused.stderr);
    let key = acme.key();
    let refused = acme.run(&["connector", "install", &v1, "--yes"]).exits(1);
    assert!(words(&refused.stderr).contains(&format!("innkeeper connector trust acme {key}")), "{}", refused.stderr);
    let inspected = acme.run(&["connector", "inspect", &v1, "--output", "json"]).exits(0).json();
    assert_eq!((&inspected["trusted"], &inspected["publisher"]), (&false.into(), &"acme".into()));
    let _ = acme.run(&["connector", "verify", &v1]).exits(1);

    // Trusted, and let read only.
    acme.trust();
    let _ = acme.run(&["connector", "verify", &v1]).exits(0);
    let _ = acme.run(&["connector", "install", &v1, "--read-only", "--yes"]).exits(0);
    let planned = acme.scenario.plan(3);
    assert_eq!(scenario::how_many(&planned, "create-account"), 3);
    assert_eq!(acme.page_sizes(), ["50"]);

    // A write is refused, with the line that allows it; typed as it stands, it does.
    let held = acme.run(&["apply", "plan.json", "--yes"]).exits(1);
    assert_eq!(acme.server.users().len(), 0, "nothing was written");
    let said = words(&format!("{} {}", held.stdout, held.stderr));
    let from = said.find("innkeeper connector grant crm ").unwrap_or_else(|| panic!("no line to grant it: {said}"));
    let line: Vec<&str> = said[from..].split(' ').skip(1).take(6).map(|word| word.trim_matches(['`', '.', ','])).collect();
    assert_eq!((line[4], line[5]), ("--methods", "POST"), "{line:?}");
    let granted = acme.run(&line[..]).exits(0);
    assert!(words(&granted.stdout).contains("but not reach {base-url} with PUT, PATCH, DELETE"), "{}", granted.stdout);
    let _ = acme.run(&["connector", "grant", "crm", "{base-url}"]).exits(0);
    acme.scenario.settle();
    assert_eq!(acme.server.users().len(), 3);

    // A version that wants more stops until that is granted, and goes first to one app.
    let v2 = acme.publish("2.0.0", 70, MORE);
    acme.sign(&v2);
    let stopped = acme.run(&["connector", "upgrade", &v2, "--app", "directory", "--yes"]).exits(3);
    assert!(words(&stopped.stderr).contains("reach https://files.example.com with GET"), "{}", stopped.stderr);
    let _ = acme.scenario.plan(0);
    let _ = acme.page_sizes();
    let upgraded = acme.run(&["connector", "upgrade", &v2, "--app", "directory", "--yes", "--grant"]).exits(0);
    assert!(words(&upgraded.stdout).contains("innkeeper connector rollback crm --app directory"), "{}", upgraded.stdout);
    let listed = acme.run(&["connector", "list", "--output", "json"]).exits(0).json();
    let states: Vec<_> = listed.as_array().expect("a list").iter().map(|one| (&one["version"], &one["state"])).collect();
    assert_eq!(states, [(&"2.0.0".into(), &"in use for directory".into()), (&"1.0.0".into(), &"in use".into())]);
    let _ = acme.scenario.plan(0);
    assert_eq!(acme.page_sizes(), ["70"]);

    // Back at once; then for all, and the old one is removed.
    let _ = acme.run(&["connector", "rollback", "crm", "--app", "directory"]).exits(0);
    let _ = acme.scenario.plan(0);
    assert_eq!(acme.page_sizes(), ["50"]);
    let _ = acme.run(&["connector", "upgrade", "crm", "--yes"]).exits(0);
    let _ = acme.scenario.plan(0);
    assert_eq!(acme.page_sizes(), ["70"]);
    let used = acme.run(&["connector", "remove", "crm@2.0.0", "--yes"]).exits(1);
    assert!(words(&used.stderr).contains("crm 2.0.0 is in use by directory"), "{}", used.stderr);
    let _ = acme.run(&["connector", "remove", "crm@1.0.0", "--yes"]).exits(0);

    // An older one that somebody offers is not taken.
    let older = acme.run(&["connector", "install", &v1, "--yes"]).exits(1);
    assert!(words(&older.stderr).contains("crm 1.0.0 is older than 2.0.0"), "{}", older.stderr);

    // Everything was written down, and the key's end is the connector's.
    let log = acme.run(&["audit", "--output", "json"]).exits(0);
    for what in [
        "publisher.trusted",
        "connector.installed",
        "connector.granted",
        "connector.upgraded",
        "connector.rolled-back",
        "connector.removed",
    ] {
        assert!(log.stdout.contains(what), "{what} is not in the audit log");
    }
    let _ = acme.run(&["audit", "verify"]).exits(0);
    let _ = acme.run(&["connector", "distrust", &key, "--reason", "stolen", "--yes"]).exits(0);
    let planned = acme.run(&["plan"]).exits(1);
    assert!(words(&format!("{} {}", planned.stdout, planned.stderr)).contains("stolen"), "{} {}", planned.stdout, planned.stderr);
}

#[test]
fn a_byte_that_was_altered_on_disk_stops_everything_and_the_same_bundle_mends_it() {
    let acme = Stranger::new(2);
    let v1 = acme.publish("1.0.0", 50, "");
    acme.trust();
    let _ = acme.run(&["connector", "install", &v1, "--yes"]).exits(0);
    let installed = acme.workspace().path(".innkeeper/connectors/crm/1.0.0/connector.wasm");
    let mut bytes = fs::read(&installed).expect("it is installed");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&installed, bytes).expect("it can be written");
    let planned = acme.run(&["plan"]).exits(1);
    let said = words(&format!("{} {}", planned.stdout, planned.stderr));
    assert!(said.contains("is not the file that SHA256SUMS lists"), "{said}");
    assert_eq!(acme.server.requests().len(), 0, "nothing of it was run");
    let _ = acme.run(&["doctor"]).exits(1);
    let _ = acme.run(&["connector", "install", &v1, "--yes"]).exits(0);
    let _ = acme.scenario.plan(3);
}

#[test]
fn a_bundle_goes_through_a_registry_and_is_verified_all_the_same() {
    let registry = DockerRegistry::start();
    let place = format!("oci://{}/acme/crm", registry.host());
    let acme = Stranger::new(2);
    let v1 = acme.publish("1.0.0", 50, "");
    let refused = acme.run(&["connector", "push", &v1, &place]).exits(1);
    assert!(words(&refused.stderr).contains("is not signed"), "{}", refused.stderr);
    acme.trust();
    let refused = acme.run(&["connector", "push", &v1, &format!("{place}:2.0.0")]).exits(2);
    assert!(words(&refused.stderr).contains("the bundle is version 1.0.0"), "{}", refused.stderr);
    let _ = acme.run(&["connector", "push", &v1, &place]).exits(0);

    let from = format!("{place}:1.0.0");
    let _ = acme.run(&["connector", "pull", &from, "--out", "pulled.tar.zst"]).exits(0);
    let bytes = |name: &str| fs::read(acme.workspace().path(name)).expect("there");
    assert_eq!(bytes("pulled.tar.zst"), bytes(&v1), "the very bytes that were pushed");
    let missing = acme.run(&["connector", "pull", &format!("{place}:3.0.0")]).exits(1);
    assert!(words(&missing.stderr).contains("1.0.0"), "says what there is: {}", missing.stderr);
    let _ = acme.run(&["connector", "install", &from, "--yes"]).exits(0);
    let _ = acme.scenario.plan(3);

    // The registry is nobody: what it has is refused when nobody who is trusted has signed it.
    let mallory = Stranger::new(1);
    let other = mallory.publish("1.0.0", 50, "");
    mallory.sign(&other);
    let _ = mallory.run(&["connector", "push", &other, &place]).exits(0);
    let refused = acme.run(&["connector", "verify", &from]).exits(1);
    assert!(words(&refused.stderr).contains("is not in innkeeper.trust"), "{}", refused.stderr);
}

#[test]
fn a_rollback_reaches_a_run_that_is_under_way() {
    const PEOPLE: usize = 30;
    let acme = Stranger::new(PEOPLE);
    let v1 = acme.publish("1.0.0", 50, "");
    acme.trust();
    let _ = acme.run(&["connector", "install", &v1, "--yes"]).exits(0);
    let v2 = acme.publish("2.0.0", 70, "");
    acme.sign(&v2);
    let _ = acme.run(&["connector", "upgrade", &v2, "--yes"]).exits(0);
    let _ = acme.scenario.plan(3);
    assert_eq!(acme.page_sizes(), ["70"]);

    acme.server.set_quirks(Quirks { latency: Duration::from_millis(20), ..Quirks::default() });
    let mut run = acme.workspace().command(&["apply", "plan.json", "--yes"]).spawn().expect("the program starts");
    let until = Instant::now() + Duration::from_secs(60);
    while acme.server.count("POST", "/Users") == 0 {
        assert!(Instant::now() < until, "nothing was created");
        std::thread::yield_now();
    }
    // While the run has the store for itself.
    let _ = acme.run(&["connector", "rollback", "crm"]).exits(0);
    assert!(acme.server.count("POST", "/Users") < PEOPLE, "the run was over before the rollback");
    assert!(run.wait().expect("it ends").success());
    // What came before it was done by the one version, and what came after by the other: the reading back at the end is there for certain.
    let sizes = acme.page_sizes();
    assert!(sizes == ["50"] || sizes == ["70", "50"], "{sizes:?}");
    assert_eq!(acme.server.users().len(), PEOPLE);
    let _ = acme.scenario.plan(0);
    let _ = acme.run(&["audit", "verify"]).exits(0);
}
