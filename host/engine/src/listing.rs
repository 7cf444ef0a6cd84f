//! Reading a listing to its end, and knowing whether it was the end.
//!
//! A listing that is not proven complete is still useful, but absence from it means nothing: see
//! [`innkeeper_domain::CompleteSnapshot`].

mod allowance;

use crate::retry::{self, Patience};
use crate::target::{Answer, Page};
pub(crate) use allowance::{Allowance, Weigh};
use innkeeper_domain::{Completeness, ErrorCode, Failure};
use std::collections::HashSet;
use std::future::Future;
use std::hash::Hash;
use tokio::time::timeout_at;

/// A listing that has no end is cut here.
const MAX_PAGES: usize = 100_000;

/// So many pages in a row with nothing on them are no listing any more. Systems that filter after paging have a few.
const MAX_EMPTY_PAGES: usize = 100;

/// Cursors are kept, to know them again. The longest that was seen has 2 kB.
const LONGEST_CURSOR: usize = 16 << 10;

/// A listing below this many items may shrink as it likes: percentages of small numbers mean nothing.
const SHRINK_FROM: usize = 10;

/// What is known beforehand of a listing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expectation {
    /// How many items the last complete listing had.
    pub(crate) last: Option<usize>,
    /// How many of those are not there because we took them away ourselves.
    pub(crate) own: usize,
    /// By how many percent it may have shrunk since; none to accept any shrinking.
    pub(crate) max_shrink_percent: Option<u8>,
}

impl Expectation {
    /// Nothing is known.
    pub(crate) const NOTHING: Self = Self { last: None, own: 0, max_shrink_percent: None };

    /// Why a listing of this many items cannot be all there is; none if it can.
    pub(crate) fn contradicts(self, count: usize, what: &str) -> Option<String> {
        let (last, percent) = (self.last?, self.max_shrink_percent?);
        let least = last.saturating_sub(self.own) * usize::from(100_u8.saturating_sub(percent)) / 100;
        let own = match self.own {
            0 => String::new(),
            own => format!(", of which {own} were taken away by changes of ours"),
        };
        (last >= SHRINK_FROM && count < least).then(|| {
            format!("{count} {what} where there were {last} the last time{own}, and a listing may shrink by {percent} % at most")
        })
    }
}

/// What was read, with the verdict.
#[derive(Debug)]
pub(crate) struct Listing<T> {
    /// Every item once, in the order of the system.
    pub(crate) items: Vec<T>,
    /// Whether absence means anything.
    pub(crate) completeness: Completeness,
}

/// Reads all pages. `what` names the items in messages: `accounts`. A cursor that the system does not know any more, because cursors die
/// or what they point at was deleted, is a reason to begin once more.
pub(crate) async fn read_all<T, K, F, R>(
    what: &str,
    expectation: Expectation,
    patience: Patience,
    allowance: &Allowance,
    key: impl Fn(&T) -> K,
    mut page: F,
    mut progress: impl FnMut(usize, Option<u32>),
) -> Result<Listing<T>, Failure>
where
    T: Weigh,
    K: Hash + Eq,
    F: FnMut(Option<String>) -> R,
    R: Future<Output = Answer<Page<T>>>,
{
    let (mut by_cursor, mut again) = (false, true);
    loop {
        let marked = |cursor: Option<String>| {
            by_cursor = cursor.is_some();
            page(cursor)
        };
        match read_through(what, expectation, patience, allowance, &key, marked, &mut progress).await {
            Err(failure) if failure.code == ErrorCode::Invalid && by_cursor && again => again = false,
            read => return read,
        }
    }
}

async fn read_through<T, K, F, R>(
    what: &str,
    expectation: Expectation,
    patience: Patience,
    allowance: &Allowance,
    key: impl Fn(&T) -> K,
    mut page: F,
    mut progress: impl FnMut(usize, Option<u32>),
) -> Result<Listing<T>, Failure>
where
    T: Weigh,
    K: Hash + Eq,
    F: FnMut(Option<String>) -> R,
    R: Future<Output = Answer<Page<T>>>,
{
    let mut items: Vec<T> = Vec::new();
    let mut seen: HashSet<K> = HashSet::new();
    let mut cursors: HashSet<String> = HashSet::new();
    let mut cursor: Option<String> = None;
    let mut total = None;
    let mut problem: Option<String> = None;
    let mut empty = 0;
    for number in 1.. {
        let Ok(answer) = timeout_at(allowance.until(), retry::read(patience, || page(cursor.clone()))).await else {
            problem = Some(format!("the {what} were not read to their end in the time that there is for one app"));
            break;
        };
        let Page { items: read, next, total: said } = answer.result?;
        total = said.or(total);
        let (before, on_page) = (items.len(), read.len());
        let mut fits = true;
        for item in read {
            if seen.insert(key(&item)) {
                fits = fits && allowance.take(item.weight());
                items.push(item);
            }
        }
        progress(items.len(), total);
        if !fits {
            problem = Some(format!("the {what} take more memory than there is for one app, on page {number}"));
            break;
        }
        empty = if on_page == 0 { empty + 1 } else { 0 };
        if empty == MAX_EMPTY_PAGES && next.is_some() {
            problem = Some(format!("the {what} went on for {MAX_EMPTY_PAGES} pages without anything on them"));
            break;
        }
        if on_page > 0 && items.len() == before && number > 1 {
            problem = Some(format!("page {number} of the {what} had nothing that was not on an earlier one"));
            break;
        }
        match next {
            None => break,
            Some(_) if number == MAX_PAGES => {
                problem = Some(format!("the {what} did not end after {MAX_PAGES} pages"));
                break;
            }
            Some(next) if next.len() > LONGEST_CURSOR => {
                let message = format!(
                    "page {number} of the {what} ends with a cursor of {} bytes; {LONGEST_CURSOR} are the most",
                    next.len()
                );
                return Err(Failure::new(ErrorCode::MalformedResponse, message));
            }
            Some(next) if !cursors.insert(next.clone()) => {
                problem = Some(format!("page {number} of the {what} leads back to one that was read already"));
                break;
            }
            next => cursor = next,
        }
    }
    if problem.is_none() {
        problem = match total {
            Some(total) if items.len() < total as usize => {
                Some(format!("the system says that there are {total} {what} and listed {}", items.len()))
            }
            _ => expectation.contradicts(items.len(), what),
        };
    }
    let completeness = problem.map_or(Completeness::Complete, |why| Completeness::Incomplete { why });
    Ok(Listing { items, completeness })
}

#[cfg(test)]
mod tests;
