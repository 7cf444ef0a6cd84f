use crate::bindings::config;
use crate::guest::Guest;

impl config::Host for Guest {
    fn get(&mut self) -> wasmtime::Result<String> {
        Ok(self.surroundings.configuration.clone())
    }
}
