//! `[lifecycle]`, and what apps say of joiners, leavers and those who are away.

use super::section::{Entry, Section};
use super::setting;
use crate::expression::{Expression, Purpose};
use crate::lifecycle::{Close, Lifecycle, OnLeave};
use crate::problem::{Problem, Problems};
use crate::suggest;
use crate::vocabulary::Vocabulary;

/// The lifecycle, and when people are closed on apps that do not say it themselves.
pub(super) fn lifecycle(entry: Option<Entry<'_>>, vocabulary: &Vocabulary, problems: &mut Problems) -> (Lifecycle, Close) {
    let mut lifecycle = Lifecycle::default();
    let Some(mut section) = entry.and_then(|entry| entry.section("[lifecycle]", problems)) else {
        return (lifecycle, Close::default());
    };
    let rule = section.take("on-leave").and_then(|entry| entry.text(problems));
    let warn = section.take("warn-before").and_then(|entry| entry.name(problems));
    let close = close(&mut section, problems).unwrap_or_default();
    section.finish(problems);
    lifecycle.on_leave = rule.and_then(|quoted| Expression::compile(quoted, Purpose::Rule, vocabulary, problems));
    lifecycle.warn_before = warn.and_then(|warn| setting::days(&warn, problems)).unwrap_or(lifecycle.warn_before);
    (lifecycle, close)
}

/// What an app says of joiners: how many days before they start, and whether the account is then suspended until they do.
pub(super) fn joiner(entry: &Entry<'_>, problems: &mut Problems) -> (Option<u32>, bool) {
    let Some(mut section) = entry.section("a joiner's rule", problems) else { return (None, false) };
    let before = section.take("create-before").and_then(|entry| entry.name(problems));
    let enable = choice(&mut section, "enable", &[("at-once", false), ("start", true)], problems);
    section.finish(problems);
    (before.and_then(|before| setting::days(&before, problems)), enable.unwrap_or_default())
}

/// `close`, of `[lifecycle]` or of an app's leavers.
pub(super) fn close(section: &mut Section<'_>, problems: &mut Problems) -> Option<Close> {
    choice(section, "close", &[("at-once", Close::AtOnce), ("end-of-day", Close::EndOfDay)], problems)
}

/// `leave` of an app.
pub(super) fn leave(section: &mut Section<'_>, problems: &mut Problems) -> Option<OnLeave> {
    choice(section, "leave", &[("suspend", OnLeave::Suspend), ("keep", OnLeave::Keep)], problems)
}

fn choice<T: Copy>(section: &mut Section<'_>, key: &'static str, choices: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    let quoted = section.take(key)?.name(problems)?;
    let chosen = choices.iter().find(|(word, _)| *word == quoted.text).map(|(_, value)| *value);
    if chosen.is_none() {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let all = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
        let problem = Problem::new(&quoted.spot, format!("`{key}` cannot be `{}`", quoted.text), format!("expected {all}"));
        let help = suggest::help(&quoted.text, words);
        problems.push(problem.help(help.unwrap_or_else(|| format!("it can be {all}"))));
    }
    chosen
}
