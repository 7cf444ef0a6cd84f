//! The ground on which attacks are made, and the judge of how they end.
//!
//! [`attack`] runs one attack with the real sandbox, the real outgoing side, a real store of secrets and real servers on loopback. An
//! attack ends in a [`Held`], which only an outcome of the expected class makes; and [`attack`] itself sees to what no attack may
//! forget: a connector that behaves goes on working in the same sandbox, and no secret is in anything that came out.
//!
//! | module | what it gives |
//! |---|---|
//! | [`mod@attack`] | one attack from its beginning to the verdict |
//! | `ground` | where it takes place: folder, secrets, servers, connectors |
//! | `held` | how it ended |
//! | `plot` | an app of a hostile connector, with everything around it that an attack wants otherwise |
//! | `company` | the engine over the neighbour's people and a hostile app |
//! | `neighbour` | the connector that behaves |
//! | `server` | servers that answer whatever bytes they like, and remember what they got |
//! | `shipment` | bundles as they are handed over |
//! | `canary`, `overheard`, `watched` | secrets, and where they are looked for |
//! | `table` | `attacks.toml`, and the table in the documentation |

pub mod attack;
mod canary;
mod company;
mod ground;
mod held;
mod neighbour;
mod overheard;
mod plot;
mod server;
mod shipment;
mod table;
mod watched;

pub use attack::attack;
pub use canary::{Canary, as_base64, as_hexadecimal, as_percent};
pub use company::Company;
pub use ground::Ground;
pub use held::{Class, Held};
pub use plot::{App, Plot, limits};
pub use server::{Reply, Seen, Server, answer};
pub use shipment::{Shipment, TODAY, key, manifest, publisher, trust, trusting, verified};
pub use table::{Attack, documentation, table};
