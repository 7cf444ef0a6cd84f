//! A packed connector: any bytes, as they are and as the files of an archive. What is taken for a bundle packs to the same bytes however often
//! it is packed, and is not trusted for that.
//!
//! How the files of an archive are written down is in `archive`; they are parted by a line `=====`.

#![no_main]

use innkeeper_bundle::{Bundle, Trust};
use innkeeper_fuzz::{archive, parts};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    check(&archive::of_parts(parts::of(bytes)));
});

fn check(bytes: &[u8]) {
    let bundle = match Bundle::from_archive(bytes) {
        Ok(bundle) => bundle,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let packed = bundle.pack();
    let again = Bundle::from_archive(&packed).unwrap_or_else(|error| panic!("what was packed cannot be read: {error}"));
    assert_eq!(again.digest(), bundle.digest());
    assert_eq!(again.pack(), packed);
    // A component is looked into before anybody vouches for it.
    let _ = (bundle.imports(), bundle.exports());
    assert!(bundle.verify(&Trust::default(), date(2026, 11, 22)).is_err());
    assert!(again.verify_installed(&Trust::default()).is_err());
}
