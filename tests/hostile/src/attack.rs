//! One attack, from its beginning to the verdict.

use crate::neighbour::Neighbour;
use crate::{Ground, Held, table};
use std::any::type_name;
use std::sync::LazyLock;
use tokio::runtime::Runtime;

static TOKIO: LazyLock<Runtime> = LazyLock::new(|| innkeeper_sandbox::tokio_runtime().expect("a runtime"));

/// Makes an attack: the whole of a test. The test's path is its name in `attacks.toml`, where it has a row with the class that the verdict
/// must have.
///
/// While it is made, a connector that behaves works in the same sandbox, and once more when it is over. Then every secret of the
/// ground is looked for in all that came out: answers, faults, exchanges and their contents, the log at its finest level, what servers
/// got, and every file.
///
/// # Panics
/// When the attack has no row or won, the neighbour could not work, or a secret leaked.
pub fn attack<F: AsyncFnOnce(&Ground) -> Held>(body: F) {
    let path = path_of::<F>();
    let row = table().into_iter().find(|row| row.tests.contains(&path));
    let row = row.unwrap_or_else(|| panic!("{path} is in no row of attacks.toml"));
    TOKIO.block_on(async {
        let ground = Ground::new();
        let neighbour = Neighbour::settle(&ground).await;
        let at_work = neighbour.at_work();
        let held = body(&ground).await;
        at_work.done().await;
        neighbour.works().await;
        assert_eq!(held.class.as_str(), row.class, "the class of {path} in attacks.toml");
        let leaks = ground.leaks(&held);
        assert!(leaks.is_empty(), "secrets leaked:\n{}", leaks.join("\n"));
    });
}

/// The path of the test in which the closure stands, as the test's own list has it.
fn path_of<F>() -> String {
    let name = type_name::<F>();
    let function = name.split("::{{closure}}").next().unwrap_or(name);
    function.split_once("::").map_or(function, |(_, path)| path).to_owned()
}
