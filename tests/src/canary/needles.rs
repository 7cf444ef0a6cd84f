//! What a text looks like in the encodings that text goes through.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::Finder;

/// One way of writing the text.
pub struct Needle {
    /// What it is called.
    pub encoding: &'static str,
    finder: Finder<'static>,
}

impl Needle {
    fn new(encoding: &'static str, bytes: &[u8]) -> Self {
        Self { encoding, finder: Finder::new(bytes).into_owned() }
    }

    /// The bytes that are looked for.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.finder.needle()
    }

    /// The first place of it.
    #[must_use]
    pub fn find(&self, bytes: &[u8]) -> Option<usize> {
        self.finder.find(bytes)
    }
}

/// Every way of writing an ASCII text that is looked for: as it is, in capitals, escaped as JSON or a URL does when it escapes everything,
/// base64 wherever in the encoded text it starts, hexadecimal, UTF-16. Where an encoding has two sorts of letters, both.
#[must_use]
pub fn of(text: &str) -> Vec<Needle> {
    let each = |one: &dyn Fn(u8) -> String| text.bytes().map(one).collect::<String>();
    let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let mut needles = vec![
        Needle::new("plain", text.as_bytes()),
        Needle::new("capitals", text.to_uppercase().as_bytes()),
        Needle::new("JSON", each(&|byte| format!("\\u{byte:04x}")).as_bytes()),
        Needle::new("JSON", each(&|byte| format!("\\u{byte:04X}")).as_bytes()),
        Needle::new("percent", each(&|byte| format!("%{byte:02x}")).as_bytes()),
        Needle::new("percent", each(&|byte| format!("%{byte:02X}")).as_bytes()),
        Needle::new("hexadecimal", each(&|byte| format!("{byte:02x}")).as_bytes()),
        Needle::new("hexadecimal", each(&|byte| format!("{byte:02X}")).as_bytes()),
        Needle::new("UTF-16", &utf16(u16::to_le_bytes)),
        Needle::new("UTF-16", &utf16(u16::to_be_bytes)),
    ];
    for before in 0..3 {
        let standard = aligned(text, before, |bytes| STANDARD_NO_PAD.encode(bytes));
        let url = aligned(text, before, |bytes| URL_SAFE_NO_PAD.encode(bytes));
        if url != standard {
            needles.push(Needle::new("base64url", url.as_bytes()));
        }
        needles.push(Needle::new("base64", standard.as_bytes()));
    }
    needles
}

/// The characters that base64 makes of the text alone when this many bytes stand before it, modulo three. Those at the edges mix with the
/// neighbours.
fn aligned(text: &str, before: usize, encode: impl Fn(&[u8]) -> String) -> String {
    let encoded = encode(&[&[0; 3][..before], text.as_bytes()].concat());
    encoded[(before * 8).div_ceil(6)..(before + text.len()) * 8 / 6].to_owned()
}
