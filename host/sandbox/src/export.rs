//! The interface `accounts` of a connector, whose listing does not go through the generated types.

use crate::bindings::{accounts, types};
use crate::contract::Interface;
use crate::guest::Guest;
use crate::lift::AccountPage;
use std::ops::Deref;
use wasmtime::component::{ComponentExportIndex, Func, Instance, InstancePre};
use wasmtime::{Store, format_err};

/// Where its functions are.
pub(crate) struct Accounts {
    indices: accounts::GuestIndices,
    list: ComponentExportIndex,
}

impl Accounts {
    pub(crate) fn new(instance: &InstancePre<Guest>) -> wasmtime::Result<Self> {
        let component = instance.component();
        let interface = component.get_export_index(None, &*Interface::full_name("accounts"));
        let list = interface.and_then(|interface| component.get_export_index(Some(&interface), "list"));
        Ok(Self { indices: accounts::GuestIndices::new(instance)?, list: list.ok_or_else(absent)? })
    }

    pub(crate) fn load(&self, store: &mut Store<Guest>, instance: &Instance) -> wasmtime::Result<Loaded> {
        let list = instance.get_func(&mut *store, self.list).ok_or_else(absent)?;
        Ok(Loaded { others: self.indices.load(store, instance)?, list })
    }
}

fn absent() -> wasmtime::Error {
    format_err!("the interface `accounts` has no function `list`")
}

/// Its functions, in one instance.
pub(crate) struct Loaded {
    others: accounts::Guest,
    list: Func,
}

impl Loaded {
    pub(crate) async fn call_list(
        &self,
        store: &mut Store<Guest>,
        cursor: Option<&str>,
    ) -> wasmtime::Result<Result<AccountPage, types::Error>> {
        let list = self.list.typed::<(Option<&str>,), (Result<AccountPage, types::Error>,)>(&*store)?;
        let (page,) = list.call_async(store, (cursor,)).await?;
        Ok(page)
    }
}

impl Deref for Loaded {
    type Target = accounts::Guest;

    fn deref(&self) -> &accounts::Guest {
        &self.others
    }
}
