//! What the program itself refuses, as an operator types it.

use crate::guests::starting;
use innkeeper_hostile::{Ground, Held, Shipment, attack, key, trust};
use innkeeper_tests::program::innkeeper;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// An operator's folder.
struct Desk<'g> {
    ground: &'g Ground,
    folder: PathBuf,
}

impl<'g> Desk<'g> {
    fn new(ground: &'g Ground) -> Self {
        let folder = ground.folder().join("desk");
        fs::create_dir(&folder).expect("made");
        fs::write(folder.join("innkeeper.toml"), "").expect("written");
        trust().save(&folder).expect("saved");
        Self { ground, folder }
    }

    /// A bundle of this version that the trusted publisher signed, with its manifest altered; the name of its file.
    fn bundle(&self, version: &str, alter: impl FnOnce(String) -> String) -> String {
        let component = wat::parse_str(starting("", "", "")).expect("a component");
        let mut shipment = Shipment::new(component);
        shipment.manifest = alter(shipment.manifest.replace("version = \"1.2.3\"", &format!("version = \"{version}\"")));
        let bundle = shipment.bundle().expect("a good bundle").sign(key());
        let name = format!("guest-{version}.tar.zst");
        fs::write(self.folder.join(&name), bundle.pack()).expect("written");
        name
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, ("NO_COLOR", "1"))
    }

    fn run_with(&self, arguments: &[&str], (name, value): (&str, &str)) -> Output {
        let mut command = Command::new(innkeeper());
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null()).env_clear();
        let output = command.env("HOME", &self.folder).env(name, value).output().expect("the program starts");
        self.ground.note("what the program says", [output.stdout.as_slice(), &output.stderr].concat());
        output
    }

    /// What the program writes, as a terminal would get it.
    fn shown(&self, arguments: &[&str]) -> String {
        let output = self.run_with(arguments, ("CLICOLOR_FORCE", "1"));
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    fn works(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn an_older_version() {
    attack(async |ground| {
        let desk = Desk::new(ground);
        let (newer, older) = (desk.bundle("1.3.0", |manifest| manifest), desk.bundle("1.2.0", |manifest| manifest));
        desk.works(&["connector", "install", &newer, "--yes"]);
        Held::declined(&desk.run(&["connector", "install", &older, "--yes"]), "is older than 1.3.0")
    });
}

#[test]
fn the_way_back_to_an_older_version() {
    attack(async |ground| {
        let desk = Desk::new(ground);
        let (older, newer) = (desk.bundle("1.2.0", |manifest| manifest), desk.bundle("1.3.0", |manifest| manifest));
        desk.works(&["connector", "install", &older, "--yes"]);
        desk.works(&["connector", "upgrade", &newer, "--yes"]);
        Held::declined(&desk.run(&["connector", "upgrade", "guest@1.2.0", "--yes"]), "is older than 1.3.0")
    });
}

#[test]
fn an_upgrade_that_wants_more() {
    attack(async |ground| {
        let desk = Desk::new(ground);
        let more =
            |manifest: String| manifest.replace("methods = [\"GET\", \"POST\"]", "methods = [\"GET\", \"POST\", \"DELETE\"]");
        let (modest, greedy) = (desk.bundle("1.2.0", |manifest| manifest), desk.bundle("1.3.0", more));
        desk.works(&["connector", "install", &modest, "--yes"]);
        // Nobody is there to be asked.
        Held::declined(&desk.run(&["connector", "upgrade", &greedy]), "DELETE")
    });
}

#[test]
fn an_unsigned_bundle_of_ones_own() {
    attack(async |ground| {
        let desk = Desk::new(ground);
        let folder = desk.folder.join("own");
        fs::create_dir(&folder).expect("made");
        let shipment = Shipment::new(wat::parse_str(starting("", "", "")).expect("a component"));
        fs::write(folder.join("connector.toml"), &shipment.manifest).expect("written");
        fs::write(folder.join("connector.wasm"), &shipment.component).expect("written");
        fs::write(folder.join("README.md"), &shipment.readme).expect("written");
        Held::declined(&desk.run(&["connector", "install", "own", "--yes"]), "is not signed")
    });
}

#[test]
fn a_name_that_steers_the_terminal() {
    attack(async |ground| {
        let desk = Desk::new(ground);
        let state = desk.folder.join(".innkeeper");
        fs::DirBuilder::new().mode(0o700).create(&state).expect("made");
        // Compiled once for all attacks.
        symlink(ground.compiled(), state.join("compiled")).expect("linked");
        let bundle = Shipment::new(ground.component()).bundle().expect("a good bundle").sign(key());
        fs::write(desk.folder.join("guest.tar.zst"), bundle.pack()).expect("written");
        fs::write(desk.folder.join("people.csv"), "employeeNumber,userName\n1,ada\n").expect("written");
        let name = r"all is well\u001b[2J\u001b]0;title\u0007\r\u009b31m";
        let configuration = format!(
            r#"[source.hr]
connector = "csv"
path = "people.csv"

[app.guest]
connector = "guest@1"
config = {{ deed = "account", name = "{name}" }}
match = ["userName"]

[app.guest.account]
userName = "person.userName"
"#
        );
        fs::write(desk.folder.join("innkeeper.toml"), configuration).expect("written");
        desk.works(&["connector", "install", "guest.tar.zst", "--yes"]);
        let said = [&["plan"][..], &["orphans"], &["status"], &["audit"]].map(|arguments| desk.shown(arguments));
        assert!(said[1].contains("all is well"), "the account is shown: {said:?}");
        // The program's own colours are the only thing that may steer.
        let steering = ["\u{1b}[2J", "\u{1b}]", "\u{7}", "\r", "\u{9b}"];
        Held::harmless(&said, !said.iter().any(|said| steering.iter().any(|steering| said.contains(steering))))
    });
}
