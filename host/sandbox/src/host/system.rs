use crate::bindings::system;
use crate::guest::Guest;

/// The contract's limit for one wish.
const MOST_RANDOM_BYTES: u32 = 4096;

impl system::Host for Guest {
    fn now(&mut self) -> wasmtime::Result<f64> {
        // Whole milliseconds: a double holds them exactly for 285,000 years.
        Ok(self.surroundings.clock.now().as_millis() as f64)
    }

    fn random(&mut self, length: u32) -> wasmtime::Result<Vec<u8>> {
        let mut bytes = vec![0; length.min(MOST_RANDOM_BYTES) as usize];
        self.surroundings.random.fill(&mut bytes).map_err(wasmtime::Error::new)?;
        Ok(bytes)
    }
}
