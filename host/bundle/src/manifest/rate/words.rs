//! A rate in plain words, a line for each part.

use super::{Budget, Exhausted, Rate, RequestBudget, Signal};
use std::fmt;

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(budget) = self.budget {
            writeln!(formatter, "{budget}.")?;
        }
        for RequestBudget { url, methods, budget } in &self.budgets {
            let methods: Vec<String> = methods.iter().map(|method| format!("{method:?}").to_uppercase()).collect();
            writeln!(formatter, "{budget}, to {url} with {}.", methods.join(", "))?;
        }
        if !self.signals.is_empty() {
            writeln!(formatter, "Its system says that too many requests came with 429, and with:")?;
        }
        for Signal { status, when, .. } in &self.signals {
            let status: Vec<String> = status.iter().map(u16::to_string).collect();
            write!(formatter, "  {}", status.join(" or "))?;
            match when {
                Some(when) => writeln!(formatter, ", when {when}")?,
                None => writeln!(formatter)?,
            }
        }
        if !self.exhausted.is_empty() {
            writeln!(formatter, "Nothing more is sent for as long as it says after an answer with:")?;
        }
        self.exhausted.iter().try_for_each(|Exhausted { when, .. }| writeln!(formatter, "  {when}"))
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "At most {} requests a second, {} at once", self.requests_per_second, self.burst)
    }
}
