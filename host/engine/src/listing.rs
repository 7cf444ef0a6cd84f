//! Reading a listing to its end, and knowing whether it was the end.
//!
//! A listing that is not proven complete is still useful, but absence from it means nothing: see
//! [`innkeeper_domain::CompleteSnapshot`].

use crate::retry::{self, Patience};
use crate::target::{Answer, Page};
use innkeeper_domain::{Completeness, ErrorCode, Failure};
use std::collections::HashSet;
use std::future::Future;
use std::hash::Hash;

/// A listing that has no end is cut here.
const MAX_PAGES: usize = 100_000;

/// A listing below this many items may shrink as it likes: percentages of small numbers mean nothing.
const SHRINK_FROM: usize = 10;

/// What is known beforehand of a listing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expectation {
    /// How many items the last complete listing had.
    pub(crate) last: Option<usize>,
    /// By how many percent it may have shrunk since; none to accept any shrinking.
    pub(crate) max_shrink_percent: Option<u8>,
}

impl Expectation {
    /// Nothing is known.
    pub(crate) const NOTHING: Self = Self { last: None, max_shrink_percent: None };

    /// Why a listing of this many items cannot be all there is; none if it can.
    pub(crate) fn contradicts(self, count: usize, what: &str) -> Option<String> {
        let (last, percent) = (self.last?, self.max_shrink_percent?);
        let least = last * usize::from(100_u8.saturating_sub(percent)) / 100;
        (last >= SHRINK_FROM && count < least).then(|| {
            format!("{count} {what} where there were {last} the last time, and a listing may shrink by {percent} % at most")
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
    key: impl Fn(&T) -> K,
    mut page: F,
    mut progress: impl FnMut(usize, Option<u32>),
) -> Result<Listing<T>, Failure>
where
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
        match read_through(what, expectation, patience, &key, marked, &mut progress).await {
            Err(failure) if failure.code == ErrorCode::Invalid && by_cursor && again => again = false,
            read => return read,
        }
    }
}

async fn read_through<T, K, F, R>(
    what: &str,
    expectation: Expectation,
    patience: Patience,
    key: impl Fn(&T) -> K,
    mut page: F,
    mut progress: impl FnMut(usize, Option<u32>),
) -> Result<Listing<T>, Failure>
where
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
    for number in 1.. {
        let answer = retry::read(patience, || page(cursor.clone())).await;
        let Page { items: read, next, total: said } = answer.result?;
        total = said.or(total);
        let (before, on_page) = (items.len(), read.len());
        for item in read {
            if seen.insert(key(&item)) {
                items.push(item);
            }
        }
        progress(items.len(), total);
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(items: &[u32], next: Option<&str>, total: Option<u32>) -> Page<u32> {
        Page { items: items.to_vec(), next: next.map(str::to_owned), total }
    }

    async fn read(expectation: Expectation, pages: Vec<Page<u32>>) -> Listing<u32> {
        let mut pages = pages.into_iter();
        let next = |_| std::future::ready(Answer::of(Ok(pages.next().expect("no page was asked for after the last"))));
        read_all("numbers", expectation, Patience::NONE, |item| *item, next, |_, _| ()).await.unwrap()
    }

    fn why(listing: &Listing<u32>) -> &str {
        match &listing.completeness {
            Completeness::Complete => "complete",
            Completeness::Incomplete { why } => why,
        }
    }

    #[tokio::test]
    async fn a_listing_read_to_its_end_is_complete() {
        let listing = read(Expectation::NOTHING, vec![page(&[1, 2], Some("a"), Some(3)), page(&[3], None, Some(3))]).await;
        assert_eq!((listing.items.as_slice(), why(&listing)), ([1, 2, 3].as_slice(), "complete"));
    }

    #[tokio::test]
    async fn an_empty_page_with_a_next_is_not_the_end() {
        let listing =
            read(Expectation::NOTHING, vec![page(&[1], Some("a"), None), page(&[], Some("b"), None), page(&[2], None, None)])
                .await;
        assert_eq!((listing.items.as_slice(), why(&listing)), ([1, 2].as_slice(), "complete"));
    }

    #[tokio::test]
    async fn a_repeated_page_is_noticed() {
        let listing = read(Expectation::NOTHING, vec![page(&[1], Some("a"), None), page(&[1], Some("b"), None)]).await;
        assert_eq!(why(&listing), "page 2 of the numbers had nothing that was not on an earlier one");
    }

    #[tokio::test]
    async fn a_circle_of_cursors_is_noticed() {
        let listing = read(Expectation::NOTHING, vec![page(&[1], Some("a"), None), page(&[2], Some("a"), None)]).await;
        assert_eq!(why(&listing), "page 2 of the numbers leads back to one that was read already");
    }

    #[tokio::test]
    async fn fewer_than_the_systems_own_count_is_not_complete() {
        let listing = read(Expectation::NOTHING, vec![page(&[1], None, Some(250))]).await;
        assert_eq!(why(&listing), "the system says that there are 250 numbers and listed 1");
    }

    #[tokio::test]
    async fn nothing_where_there_were_many_is_not_complete() {
        let expectation = Expectation { last: Some(250), max_shrink_percent: Some(30) };
        let listing = read(expectation, vec![page(&[], None, Some(0))]).await;
        assert_eq!(why(&listing), "0 numbers where there were 250 the last time, and a listing may shrink by 30 % at most");
    }

    #[tokio::test]
    async fn a_failed_page_is_a_failure_and_not_a_short_listing() {
        let failure = Failure::new(innkeeper_domain::ErrorCode::MalformedResponse, "HTML");
        let answer = |_| std::future::ready(Answer::<Page<u32>>::of(Err(failure.clone())));
        let listing = read_all("numbers", Expectation::NOTHING, Patience::NONE, |item| *item, answer, |_, _| ()).await;
        assert_eq!(listing.unwrap_err(), failure);
    }

    /// Reads pages of which the second fails so often as its cursor is said to be dead, and tells how many were asked for.
    async fn read_with_dead_cursors(deaths: usize) -> (Result<Vec<u32>, Failure>, usize) {
        let (mut left, mut asked) = (deaths, 0);
        let next = |cursor: Option<String>| {
            asked += 1;
            let answer = match cursor {
                None => Ok(page(&[1], Some("a"), None)),
                Some(_) if left > 0 => {
                    left -= 1;
                    Err(Failure::new(ErrorCode::Invalid, "the page token has expired"))
                }
                Some(_) => Ok(page(&[2], None, None)),
            };
            std::future::ready(Answer::of(answer))
        };
        let listing = read_all("numbers", Expectation::NOTHING, Patience::NONE, |item| *item, next, |_, _| ()).await;
        (listing.map(|listing| listing.items), asked)
    }

    #[tokio::test]
    async fn a_listing_whose_cursor_died_is_begun_once_more_and_only_once() {
        let (listing, asked) = read_with_dead_cursors(1).await;
        assert_eq!((listing.unwrap(), asked), (vec![1, 2], 4));
        let (listing, asked) = read_with_dead_cursors(2).await;
        assert_eq!((listing.unwrap_err().code, asked), (ErrorCode::Invalid, 4));
    }

    proptest! {
        #[test]
        fn however_it_is_cut_into_pages_every_item_is_read_once(sizes in prop::collection::vec(0usize..5, 1..20)) {
            let mut pages = Vec::new();
            let mut first = 0u32;
            for (number, size) in sizes.iter().enumerate() {
                let items: Vec<u32> = (first..first + u32::try_from(*size).unwrap()).collect();
                first += u32::try_from(*size).unwrap();
                let next = (number + 1 < sizes.len()).then(|| number.to_string());
                pages.push(Page { items, next, total: None });
            }
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let listing = runtime.block_on(read(Expectation::NOTHING, pages));
            prop_assert_eq!(listing.items, (0..first).collect::<Vec<_>>());
            prop_assert_eq!(listing.completeness, Completeness::Complete);
        }
    }
}
