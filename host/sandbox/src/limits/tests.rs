use super::*;
use innkeeper_bundle::Limits as Asked;
use proptest::prelude::*;

fn ceilings(app: Option<u32>, global: Option<u32>) -> Ceilings {
    let nearest = || Ceiling::nearest(app, global);
    Ceilings {
        memory_mb: nearest(),
        call_seconds: nearest(),
        cpu_seconds: nearest(),
        requests: nearest(),
        response_mb: nearest(),
        transfer_mb: nearest(),
        log_lines: nearest(),
        log_kb: nearest(),
    }
}

fn everything(number: Option<u32>) -> Asked {
    Asked {
        memory_mb: number,
        call_seconds: number,
        cpu_seconds: number,
        requests: number,
        response_mb: number,
        transfer_mb: number,
    }
}

fn memory(asked: Option<u32>, ceilings: &Ceilings) -> Limit<usize> {
    let limits = Limits::of(&Asked { memory_mb: asked, ..Asked::default() }, ceilings);
    limits.told(Setting::Memory, limits.memory >> 20)
}

#[test]
fn nobody_says_anything_and_the_defaults_hold() {
    assert_eq!(Limits::of(&Asked::default(), &Ceilings::default()), Limits::default());
}

#[test]
fn the_default_of_a_response_is_the_http_clients() {
    assert_eq!(Limits::default().response_bytes, innkeeper_egress::Options::default().response_bytes);
}

#[test]
fn a_manifest_gets_what_it_asks_for_up_to_the_ceiling_of_the_host() {
    let none = Ceilings::default();
    assert_eq!(memory(Some(32), &none), Limit { value: 32, set_by: SetBy::Manifest });
    assert_eq!(memory(Some(1024), &none), Limit { value: 1024, set_by: SetBy::Manifest });
    assert_eq!(memory(Some(u32::MAX), &none), Limit { value: 1024, set_by: SetBy::BuiltIn });
}

#[test]
fn an_operators_ceiling_takes_the_place_of_the_hosts_and_the_apps_that_of_all() {
    assert_eq!(memory(Some(4096), &ceilings(None, Some(2048))), Limit { value: 2048, set_by: SetBy::Global });
    assert_eq!(memory(Some(4096), &ceilings(Some(3000), Some(2048))), Limit { value: 3000, set_by: SetBy::App });
    assert_eq!(memory(Some(4096), &ceilings(Some(64), Some(2048))), Limit { value: 64, set_by: SetBy::App });
    assert_eq!(memory(Some(2000), &ceilings(None, Some(2048))), Limit { value: 2000, set_by: SetBy::Manifest });
}

#[test]
fn a_connector_that_asks_for_nothing_has_the_default_and_a_smaller_ceiling_counts() {
    assert_eq!(memory(None, &ceilings(None, Some(4096))), Limit { value: 256, set_by: SetBy::Default });
    assert_eq!(memory(None, &ceilings(None, Some(100))), Limit { value: 100, set_by: SetBy::Global });
}

#[test]
fn how_much_is_logged_is_what_the_operator_says() {
    let limits = Limits::of(&Asked::default(), &ceilings(None, Some(5_000)));
    assert_eq!((limits.log_lines, limits.log_bytes), (5_000, 5_000 << 10));
    assert_eq!(limits.setters.of(Setting::LogLines), SetBy::Global);
}

#[test]
fn every_limit_has_its_unit() {
    let limits = Limits::of(&everything(Some(3)), &ceilings(None, Some(3)));
    assert_eq!((limits.memory, limits.wall_clock, limits.cpu), (3 << 20, Duration::from_secs(3), Duration::from_secs(3)));
    assert_eq!((limits.requests, limits.response_bytes, limits.transfer_bytes), (3, 3 << 20, 3 << 20));
    assert_eq!((limits.log_lines, limits.log_bytes), (3, 3 << 10));
}

#[test]
fn whoever_can_change_a_limit_is_named() {
    let mut text = String::new();
    for setting in [Setting::Memory, Setting::LogLines] {
        for set_by in [SetBy::Default, SetBy::Manifest, SetBy::BuiltIn, SetBy::Global, SetBy::App] {
            text.push_str(&format!("{set_by:?}: {}\n", Remedy(setting, set_by)));
        }
    }
    insta::assert_snapshot!(text);
}

fn some() -> impl Strategy<Value = Option<u32>> {
    proptest::option::of(prop_oneof![1..5_000_u32, Just(u32::MAX)])
}

proptest! {
    #[test]
    fn nobody_gets_more_than_was_asked_for_or_than_the_ceiling(
        asked in some(), app in some(), global in some(), default in 1..2_000_u64, built_in in 1..4_000_u64,
    ) {
        let ceiling = Ceiling::nearest(app, global);
        let (value, set_by) = effective(asked, default, ceiling, built_in);
        let most = app.or(global).map_or(built_in, u64::from);
        let wanted = asked.map_or(default, u64::from);
        prop_assert_eq!(value, wanted.min(most));
        // Whoever is named holds it there: one more from him, and it is more, or the next one is named.
        let more = |number: Option<u32>| number.map(|number| number.saturating_add(1));
        let (after, next) = match set_by {
            SetBy::Default => effective(asked, default + 1, ceiling, built_in),
            SetBy::Manifest => effective(more(asked), default, ceiling, built_in),
            SetBy::BuiltIn => effective(asked, default, ceiling, built_in + 1),
            SetBy::Global => effective(asked, default, Ceiling::nearest(app, more(global)), built_in),
            SetBy::App => effective(asked, default, Ceiling::nearest(more(app), global), built_in),
        };
        prop_assert!(after > value || next != set_by || value == u64::from(u32::MAX));
    }

    #[test]
    fn no_numbers_overflow(number in some()) {
        let limits = Limits::of(&everything(number), &ceilings(number, None));
        prop_assert!(limits.memory > 0 && limits.transfer_bytes > 0 && limits.log_bytes > 0 && !limits.cpu.is_zero());
    }
}
