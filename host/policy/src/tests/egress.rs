//! `[egress]`: the way out.

use super::fixture::{file, lines, load, problems, render};
use crate::{Configuration, Egress};
use insta::assert_snapshot;

fn proxy(text: &str) -> String {
    format!("[egress]\nproxy = \"{text}\"\n")
}

#[test]
fn without_a_proxy_there_is_none() {
    assert_eq!(*load("").egress(), Egress::default());
    assert_eq!(*load("[egress]\n").egress(), Egress { proxy: None });
}

#[test]
fn a_proxy_is_host_and_port() {
    for (text, url) in [
        ("http://proxy.example:3128", "http://proxy.example:3128/"),
        ("http://proxy.example", "http://proxy.example/"),
        ("http://10.0.0.1:8080/", "http://10.0.0.1:8080/"),
        ("http://[::1]:3128", "http://[::1]:3128/"),
    ] {
        let configuration = load(&proxy(text));
        assert_eq!(configuration.egress().proxy.as_ref().map(url::Url::as_str), Some(url), "{text}");
    }
}

#[test]
fn what_is_no_proxy_is_refused_where_it_stands() {
    for text in [
        "proxy.example",
        "proxy.example:3128",
        "https://proxy.example:3128",
        "socks5://proxy.example:1080",
        "http://",
        "http://proxy.example:0",
        "http://proxy.example:65536",
        "http://proxy.example:3128/path",
        "http://proxy.example:3128/?query",
        "http://proxy.example:3128/#fragment",
    ] {
        let found = lines(&problems(&proxy(text)));
        assert_eq!(found.len(), 1, "{text}: {found:#?}");
        assert!(found[0].starts_with("innkeeper.toml:2:9: `proxy` is not a proxy's URL: "), "{text}: {found:#?}");
    }
    for text in [
        "[egress]\nproxy = \"\"\n",
        "[egress]\nproxy = 3128\n",
        "egress = \"http://proxy.example\"\n",
        "[egress]\nprxy = \"x\"\n",
    ] {
        assert_eq!(lines(&problems(text)).len(), 1, "{text}");
    }
}

#[test]
fn a_password_in_the_url_of_a_proxy_is_refused_and_not_shown() {
    for text in
        ["http://innkeeper:hunter2@proxy.example:3128", "innkeeper:hunter2@proxy.example", "https://x:hunter2@proxy.example"]
    {
        let problems = problems(&proxy(text));
        let all = format!("{} {}", lines(&problems).join("\n"), render(&problems));
        assert!(all.contains("`proxy` is not a proxy's URL") && !all.contains("hunter2"), "{all}");
    }
}

#[test]
fn a_wrong_proxy_reads_like_this() {
    assert_snapshot!(render(&problems("[egress]\nproxy = \"https://proxy.example:3128\"\nproxies = []\n")));
}

#[test]
fn the_way_out_stands_in_one_place() {
    let files = vec![file("innkeeper.toml", "[egress]\n"), file("net.toml", &proxy("http://proxy.example:3128"))];
    let problems = Configuration::load(files).expect_err("twice");
    let found = lines(&problems);
    assert!(found[0].starts_with("net.toml:1:2: [egress] is in the configuration twice"), "{found:#?}");
}
