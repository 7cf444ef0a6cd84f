use super::*;
use proptest::prelude::*;
use std::time::Duration;

impl Weigh for u32 {
    fn weight(&self) -> usize {
        4
    }
}

fn page(items: &[u32], next: Option<&str>, total: Option<u32>) -> Page<u32> {
    Page { items: items.to_vec(), next: next.map(str::to_owned), total }
}

async fn read(expectation: Expectation, pages: Vec<Page<u32>>) -> Listing<u32> {
    let mut pages = pages.into_iter();
    let next = |_| std::future::ready(Answer::of(Ok(pages.next().expect("no page was asked for after the last"))));
    read_all("numbers", expectation, Patience::NONE, &Allowance::new(), |item| *item, next, |_, _| ()).await.unwrap()
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
        read(Expectation::NOTHING, vec![page(&[1], Some("a"), None), page(&[], Some("b"), None), page(&[2], None, None)]).await;
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
    let expectation = Expectation { last: Some(250), own: 0, max_shrink_percent: Some(30) };
    let listing = read(expectation, vec![page(&[], None, Some(0))]).await;
    assert_eq!(why(&listing), "0 numbers where there were 250 the last time, and a listing may shrink by 30 % at most");
}

#[tokio::test]
async fn a_failed_page_is_a_failure_and_not_a_short_listing() {
    let failure = Failure::new(innkeeper_domain::ErrorCode::MalformedResponse, "HTML");
    let answer = |_| std::future::ready(Answer::<Page<u32>>::of(Err(failure.clone())));
    let listing =
        read_all("numbers", Expectation::NOTHING, Patience::NONE, &Allowance::new(), |item| *item, answer, |_, _| ()).await;
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
    let listing =
        read_all("numbers", Expectation::NOTHING, Patience::NONE, &Allowance::new(), |item| *item, next, |_, _| ()).await;
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
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let listing = runtime.block_on(read(Expectation::NOTHING, pages));
        prop_assert_eq!(listing.items, (0..first).collect::<Vec<_>>());
        prop_assert_eq!(listing.completeness, Completeness::Complete);
    }
}

/// What becomes of a listing whose pages have so many numbers each and never end.
async fn read_without_end(on_page: u32, allowance: Allowance) -> Listing<u32> {
    let mut asked = 0;
    let next = |_: Option<String>| {
        let items: Vec<u32> = (asked * on_page..(asked + 1) * on_page).collect();
        asked += 1;
        let answer = page(&items, Some(&asked.to_string()), None);
        async move {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Answer::of(Ok(answer))
        }
    };
    read_all("numbers", Expectation::NOTHING, Patience::NONE, &allowance, |item| *item, next, |_, _| ()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn pages_without_anything_on_them_are_not_read_for_ever() {
    let listing = read_without_end(0, Allowance::of(Duration::from_secs(100_000), 1000)).await;
    assert_eq!(why(&listing), "the numbers went on for 100 pages without anything on them");
}

#[tokio::test(start_paused = true)]
async fn a_listing_ends_with_the_time_that_there_is_for_its_app() {
    let listing = read_without_end(1, Allowance::of(Duration::from_secs(601), 1000)).await;
    assert_eq!(why(&listing), "the numbers were not read to their end in the time that there is for one app");
    assert_eq!(listing.items.len(), 10, "what was read is there");
}

#[tokio::test(start_paused = true)]
async fn a_listing_ends_with_the_memory_that_there_is_for_its_app() {
    let listing = read_without_end(10, Allowance::of(Duration::from_secs(100_000), 1000)).await;
    assert_eq!(why(&listing), "the numbers take more memory than there is for one app, on page 26");
}

#[tokio::test]
async fn a_listing_that_does_not_end_is_cut() {
    let mut asked = 0;
    let next = |_: Option<String>| {
        asked += 1;
        std::future::ready(Answer::of(Ok(page(&[asked], Some(&asked.to_string()), None))))
    };
    let allowance = Allowance::new();
    let listing =
        read_all("numbers", Expectation::NOTHING, Patience::NONE, &allowance, |item| *item, next, |_, _| ()).await.unwrap();
    assert_eq!(why(&listing), "the numbers did not end after 100000 pages");
}

#[tokio::test]
async fn a_cursor_that_is_larger_than_any_is_a_failure() {
    let long = "x".repeat(LONGEST_CURSOR + 1);
    let next = |_: Option<String>| std::future::ready(Answer::of(Ok(page(&[1], Some(&long), None))));
    let allowance = Allowance::new();
    let read = read_all("numbers", Expectation::NOTHING, Patience::NONE, &allowance, |item| *item, next, |_, _| ()).await;
    assert_eq!(read.unwrap_err().code, ErrorCode::MalformedResponse);
}
