//! A packed connector: any bytes. What is taken for a bundle packs to the same bytes however often it is packed.

#![no_main]

use innkeeper_bundle::Bundle;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let bundle = match Bundle::from_archive(bytes) {
        Ok(bundle) => bundle,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let packed = bundle.pack();
    let again = Bundle::from_archive(&packed).unwrap_or_else(|error| panic!("what was packed cannot be read: {error}"));
    assert_eq!(again.digest(), bundle.digest());
    assert_eq!(again.pack(), packed);
    // A component is looked into before anybody vouches for it.
    let _ = (again.imports(), again.exports());
});
