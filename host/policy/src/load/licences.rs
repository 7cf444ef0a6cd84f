//! `[app.NAME.price]`, `last-login` and `reclaim-after`.

use super::section::{Entry, Section, entries};
use super::setting;
use crate::licences::{Licences, RECLAIM_AFTER};
use crate::problem::{Problem, Problems};
use crate::suggest;
use innkeeper_domain::{AttributeName, Cost, InvalidCost, Per, Prices};

pub(super) fn licences(section: &mut Section<'_>, problems: &mut Problems) -> Licences {
    let prices = section.take("price").map(|entry| prices(&entry, problems)).unwrap_or_default();
    let last_login = section.take("last-login").and_then(|entry| entry.name(problems));
    let after = section.take("reclaim-after").and_then(|entry| entry.name(problems));
    Licences {
        prices,
        last_login_spot: last_login.as_ref().map(|name| name.spot.clone()),
        last_login: last_login.map(|name| AttributeName::new(name.text)),
        reclaim_after: after.and_then(|after| setting::days(&after, problems)).unwrap_or(RECLAIM_AFTER),
    }
}

fn prices(entry: &Entry<'_>, problems: &mut Problems) -> Prices {
    let mut prices = Prices::default();
    let Some(table) = entry.table(problems) else { return prices };
    for priced in entries(entry.file, table) {
        let Some(cost) = cost(&priced, problems) else { continue };
        match priced.key.split_once('/').filter(|(kind, name)| !kind.is_empty() && !name.is_empty()) {
            Some((kind, name)) => drop(prices.entitlements.insert((kind.to_owned(), name.to_owned()), cost)),
            None if priced.key == "account" => prices.account = Some(cost),
            None => problems.push(
                Problem::new(&priced.key_spot, format!("`{}` is nothing that has a price", priced.key), "unknown")
                    .help("an entitlement, `\"licence/Pro\"`, or `account` for each account"),
            ),
        }
    }
    prices
}

fn cost(entry: &Entry<'_>, problems: &mut Problems) -> Option<Cost> {
    let mut section = entry.section("a price", problems)?;
    let amount = section.need("amount", "\"12.50\"", problems).and_then(|entry| entry.name(problems));
    let currency = section.need("currency", "\"EUR\"", problems).and_then(|entry| entry.name(problems));
    let per = section.need("per", "\"month\"", problems).and_then(|entry| per(&entry, problems));
    section.finish(problems);
    let (amount, currency) = (amount?, currency?);
    match Cost::new(&amount.text, &currency.text, per?) {
        Ok(cost) => Some(cost),
        Err(error) => {
            let spot = if error == InvalidCost::Amount { &amount.spot } else { &currency.spot };
            problems.push(Problem::new(spot, error.to_string(), "not a price"));
            None
        }
    }
}

fn per(entry: &Entry<'_>, problems: &mut Problems) -> Option<Per> {
    let quoted = entry.name(problems)?;
    match quoted.text.as_str() {
        "month" => Some(Per::Month),
        "year" => Some(Per::Year),
        other => {
            let problem = Problem::new(&quoted.spot, format!("nothing is paid per `{other}` here"), "unknown");
            problems.push(problem.maybe_help(suggest::help(other, ["month", "year"])));
            None
        }
    }
}
