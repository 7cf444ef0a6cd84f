//! The contract as Rust: one module a world, all sharing the types of the first.
//!
//! One world an interface, because a component must export every interface of the world that it is bound with, and a
//! connector may leave out any but `connector`.

pub(crate) mod base {
    #![allow(missing_docs)]
    wasmtime::component::bindgen!({
        path: "../../wit/0.1.0",
        world: "innkeeper:connector/base",
        imports: {
            "innkeeper:connector/http.send": async | trappable,
            default: trappable,
        },
        exports: { default: async },
        require_store_data_send: true,
    });
}

/// The worlds of the optional interfaces. Their imports are those of `base`, so nothing is generated for them again.
macro_rules! worlds {
    ($($module:ident: $world:literal;)*) => {$(
        pub(crate) mod $module {
            #![allow(missing_docs)]
            wasmtime::component::bindgen!({
                path: "../../wit/0.1.0",
                world: $world,
                imports: { default: trappable },
                exports: { default: async },
                require_store_data_send: true,
                with: {
                    "innkeeper:connector/types": super::base::innkeeper::connector::types,
                    "innkeeper:connector/http": super::base::innkeeper::connector::http,
                    "innkeeper:connector/log": super::base::innkeeper::connector::log,
                    "innkeeper:connector/config": super::base::innkeeper::connector::config,
                    "innkeeper:connector/system": super::base::innkeeper::connector::system,
                },
            });
        }
    )*};
}

worlds! {
    with_accounts: "innkeeper:connector/with-accounts";
    with_entitlements: "innkeeper:connector/with-entitlements";
    with_sessions: "innkeeper:connector/with-sessions";
    with_ownership: "innkeeper:connector/with-ownership";
    with_people: "innkeeper:connector/with-people";
}

pub(crate) use base::exports::innkeeper::connector::connector;
pub(crate) use base::innkeeper::connector::{config, http, log, system, types};
pub(crate) use with_accounts::exports::innkeeper::connector::accounts;
pub(crate) use with_entitlements::exports::innkeeper::connector::entitlements;
pub(crate) use with_ownership::exports::innkeeper::connector::ownership;
pub(crate) use with_people::exports::innkeeper::connector::people;
pub(crate) use with_sessions::exports::innkeeper::connector::sessions;
