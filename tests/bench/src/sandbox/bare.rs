//! The same component on wasmtime as its book shows it: a fresh instance for each call, and no limit, no epoch, no log, no time limit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::{Component, HasSelf, InstancePre, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use super::ACCOUNTS;
use crate::Failure;

mod bindings {
    #![allow(missing_docs)]
    wasmtime::component::bindgen!({
        path: "../../wit/0.1.0",
        inline: "
            package bench:bare;
            world bare {
                include innkeeper:connector/base@0.1.0;
                include innkeeper:connector/with-accounts@0.1.0;
            }
        ",
        imports: { "innkeeper:connector/http@0.1.0.send": async | trappable, default: trappable },
        exports: { default: async },
        require_store_data_send: true,
    });
}

use bindings::innkeeper::connector::{config, http, log, system, types};

struct Host {
    answer: Arc<str>,
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl types::Host for Host {}

impl http::Host for Host {
    async fn send(&mut self, _: http::Request) -> wasmtime::Result<Result<http::Response, http::HttpError>> {
        let body = http::Body::Text(self.answer.to_string());
        Ok(Ok(http::Response { status: 200, headers: Vec::new(), body, rate_limited: None }))
    }
}

impl log::Host for Host {
    fn write(&mut self, _: log::Level, _: String, _: Vec<log::Field>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl config::Host for Host {
    fn get(&mut self) -> wasmtime::Result<String> {
        Ok("{}".to_owned())
    }
}

impl system::Host for Host {
    fn now(&mut self) -> wasmtime::Result<f64> {
        Ok(0.0)
    }
    fn random(&mut self, count: u32) -> wasmtime::Result<Vec<u8>> {
        Ok(vec![0; count as usize])
    }
}

/// The component, ready to be instantiated.
pub struct Bare {
    engine: Engine,
    instance: InstancePre<Host>,
    indices: bindings::BareIndices,
    answer: Arc<str>,
}

impl Bare {
    /// Compiles it.
    ///
    /// # Errors
    /// When wasmtime does not take it.
    pub fn new(wasm: &[u8], answer: &str) -> Result<Self, Failure> {
        let make = || -> wasmtime::Result<Self> {
            let engine = Engine::new(&Config::new())?;
            let component = Component::from_binary(&engine, wasm)?;
            let mut linker = Linker::new(&engine);
            wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
            bindings::Bare::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host)?;
            let instance = linker.instantiate_pre(&component)?;
            let indices = bindings::BareIndices::new(&instance)?;
            Ok(Self { engine, instance, indices, answer: answer.into() })
        };
        make().map_err(|error| Failure::new("bare wasmtime", format!("{error:#}")))
    }

    async fn instantiated(&self) -> wasmtime::Result<(Store<Host>, bindings::Bare)> {
        let host = Host { answer: self.answer.clone(), wasi: WasiCtxBuilder::new().build(), table: ResourceTable::new() };
        let mut store = Store::new(&self.engine, host);
        let instance = self.instance.instantiate_async(&mut store).await?;
        let bound = self.indices.load(&mut store, &instance)?;
        Ok((store, bound))
    }

    /// How long one `describe` takes, with making the instance and dropping it.
    ///
    /// # Errors
    /// When it fails.
    pub async fn call(&self) -> Result<Duration, Failure> {
        let start = Instant::now();
        let described = async {
            let (mut store, bound) = self.instantiated().await?;
            bound.innkeeper_connector_connector().call_describe(&mut store).await
        };
        let described = described.await;
        let taken = start.elapsed();
        match described {
            Ok(Ok(_)) => Ok(taken),
            other => Err(Failure::new("bare wasmtime", format!("{:?}", other.map(|answer| answer.is_ok())))),
        }
    }

    /// How long one list takes.
    ///
    /// # Errors
    /// When it fails.
    pub async fn list(&self) -> Result<Duration, Failure> {
        let start = Instant::now();
        let listed = async {
            let (mut store, bound) = self.instantiated().await?;
            bound.innkeeper_connector_accounts().call_list(&mut store, None).await
        };
        let listed = listed.await;
        let taken = start.elapsed();
        match listed {
            Ok(Ok(page)) if page.items.len() == ACCOUNTS => Ok(taken),
            _ => Err(Failure::new("bare wasmtime", "the list is not whole")),
        }
    }
}
