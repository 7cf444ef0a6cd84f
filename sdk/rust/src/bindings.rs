//! The contract as Rust, generated from `wit/0.1.0`.
//!
//! One `generate!` a world, because a world's section, which decides what the component exports, sits in the world's export macro:
//! a connector exports exactly the interfaces whose macro [`crate::export!`] invokes. The imports are generated once, in
//! `base`, and shared.

#![allow(unsafe_code, missing_docs, unreachable_pub, clippy::all)]

pub mod base {
    wit_bindgen::generate!({
        path: "../../wit/0.1.0",
        world: "base",
        pub_export_macro: true,
        export_macro_name: "export_world",
        runtime_path: "::innkeeper_sdk::bindings::rt",
        additional_derives: [PartialEq],
        generate_unused_types: true,
    });
}

macro_rules! world {
    ($module:ident, $world:literal) => {
        pub mod $module {
            wit_bindgen::generate!({
                path: "../../wit/0.1.0",
                world: $world,
                pub_export_macro: true,
                export_macro_name: "export_world",
                runtime_path: "::innkeeper_sdk::bindings::rt",
                additional_derives: [PartialEq],
                with: {
                    "innkeeper:connector/types@0.1.0": crate::bindings::base::innkeeper::connector::types,
                    "innkeeper:connector/http@0.1.0": crate::bindings::base::innkeeper::connector::http,
                    "innkeeper:connector/log@0.1.0": crate::bindings::base::innkeeper::connector::log,
                    "innkeeper:connector/config@0.1.0": crate::bindings::base::innkeeper::connector::config,
                    "innkeeper:connector/system@0.1.0": crate::bindings::base::innkeeper::connector::system,
                },
            });
        }
    };
}

world!(accounts, "with-accounts");
world!(entitlements, "with-entitlements");
world!(sessions, "with-sessions");
world!(ownership, "with-ownership");
world!(people, "with-people");

/// What the generated code calls. Named from here, so that connectors need no `wit-bindgen` of their own.
pub use wit_bindgen::rt;
