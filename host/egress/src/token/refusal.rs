//! A token endpoint's refusal in words that say what to do.

use super::Failure;
use std::time::Duration;

/// The most that is repeated of what an endpoint says.
const LONGEST: usize = 300;

/// What a token endpoint refused with (RFC 6749, section 5.2).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// The word for it; empty where there is none.
    pub(super) error: String,
    /// What the endpoint says about it.
    pub(super) description: Option<String>,
    /// How long it wants to be left alone.
    pub(super) rest: Option<Duration>,
}

impl Refusal {
    /// Whether it may pass by itself.
    fn passes(&self) -> bool {
        // The words are of RFC 6749, section 4.1.2.1; token endpoints use them as well.
        matches!(self.status, 408 | 425 | 429 | 500..=599) || matches!(&*self.error, "temporarily_unavailable" | "server_error")
    }

    /// The refusal with what to do about it. `clean` takes secrets out of what the endpoint said.
    pub(super) fn failure(&self, host: &str, advice: Option<String>, clean: impl Fn(&str) -> String) -> Failure {
        let mut reason = format!("{host} answered {}", self.status);
        if !self.error.is_empty() {
            reason += &format!(" `{}`", line(&clean(&self.error)));
        }
        if let Some(description) = self.description.as_deref().filter(|text| !text.trim().is_empty()) {
            reason += &format!(" ({})", line(&clean(description)));
        }
        if self.passes() {
            return Failure::passing(reason, self.rest);
        }
        if (300..=399).contains(&self.status) {
            reason += ", a redirect, which is not followed: give the address of the token endpoint itself";
        }
        match advice {
            Some(advice) => reason += &format!(". {advice}"),
            None if self.status == 404 || self.status == 405 => {
                reason += ". Check that token-url is the token endpoint's address"
            }
            None => {}
        }
        Failure::lasting(reason)
    }
}

/// In one line, cut.
fn line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST).collect()
}
