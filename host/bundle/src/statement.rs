//! Words that are signed and are no bundle: that somebody approves of something.

use crate::{PublicKey, SigningKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Stands before every statement, so that no signature of one is ever a signature of a digest list, which begins with a digest.
const HEAD: &str = "innkeeper-statement 1\n";

impl SigningKey {
    /// Signs a statement; gives the 64 bytes of the signature in base64.
    pub fn sign_statement(&self, statement: &str) -> String {
        STANDARD.encode(self.sign(format!("{HEAD}{statement}").as_bytes()).to_bytes())
    }
}

impl PublicKey {
    /// Whether the signature, in base64, is this key's over exactly this statement.
    pub fn has_signed(&self, statement: &str, signature: &str) -> bool {
        let bytes = STANDARD.decode(signature).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        bytes.is_some_and(|bytes| {
            self.signed(format!("{HEAD}{statement}").as_bytes(), &ed25519_dalek::Signature::from_bytes(&bytes))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Signature, SigningKey};

    #[test]
    fn a_signature_is_of_one_key_and_one_statement() {
        let (ada, bob) = (SigningKey::sample(1), SigningKey::sample(2));
        let signature = ada.sign_statement("plan 7f3a91c");
        assert!(ada.public().has_signed("plan 7f3a91c", &signature));
        assert!(!ada.public().has_signed("plan 7f3a91d", &signature));
        assert!(!bob.public().has_signed("plan 7f3a91c", &signature));
        assert!(!ada.public().has_signed("plan 7f3a91c", "c2hvcnQ=") && !ada.public().has_signed("plan 7f3a91c", "?"));
    }

    #[test]
    fn a_signature_of_a_bundle_is_none_of_a_statement() {
        let ada = SigningKey::sample(1);
        let list = b"7f3a91c  connector.toml\n";
        let signature =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, Signature::make(list, &ada).to_bytes());
        assert!(!ada.public().has_signed(std::str::from_utf8(list).unwrap(), &signature));
    }
}
