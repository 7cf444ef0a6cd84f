//! Systems that are hostile themselves, or that give back what they were told.

use flate2::Compression;
use flate2::write::GzEncoder;
use innkeeper_egress::Code;
use innkeeper_hostile::{App, Ground, Held, Reply, Seen, answer, as_base64, as_hexadecimal, as_percent, attack};
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::Duration;

/// The intruder asks a server that answers so.
async fn asking<'g>(ground: &'g Ground, requests: Value, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> App<'g> {
    let server = ground.server(behaviour).await;
    let plot = ground.intruder(json!({ "deed": "send", "requests": requests })).at(&server, "");
    let app = plot
        .sending(|options| {
            options.response_bytes = 1 << 20;
            options.timeout = Duration::from_millis(500);
        })
        .connect();
    let _ = app.list().await;
    assert_eq!(server.seen()[0].token(), ground.token.text, "the system had the secret to give back");
    app
}

/// The system gives the secret back, written so; the guest sees the answer without it.
async fn echoed(ground: &Ground, behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Held {
    let app = asking(ground, json!([{}]), behaviour).await;
    let bodies = app.bodies();
    // That the secret is not in it is for the ground to find out.
    Held::harmless(&bodies, bodies.len() == 1)
}

#[test]
fn the_secret_in_the_body() {
    attack(async |ground| {
        echoed(ground, |seen| {
            let token = seen.token();
            let json = json!({ "token": token, "whole": seen.header("authorization") }).to_string();
            answer(
                200,
                &[],
                format!("{token} {json} {} {} {}", as_percent(token), as_base64(token), as_base64(&format!("user:{token}"))),
            )
        })
        .await
    });
}

#[test]
fn the_secret_in_the_body_in_hexadecimal() {
    attack(async |ground| echoed(ground, |seen| answer(200, &[], as_hexadecimal(seen.token()))).await);
}

#[test]
fn the_secret_in_a_compressed_body() {
    attack(async |ground| {
        echoed(ground, |seen| answer(200, &[("content-encoding", "gzip")], gzip(seen.token().as_bytes()))).await
    });
}

#[test]
fn the_secret_cut_into_chunks() {
    attack(async |ground| {
        echoed(ground, |seen| {
            let chunks: String = seen.token().chars().map(|character| format!("1\r\n{character}\r\n")).collect();
            Reply::Bytes(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n").into_bytes())
        })
        .await
    });
}

#[test]
fn the_secret_in_a_header() {
    attack(async |ground| {
        echoed(ground, |seen| {
            let token = seen.token();
            let cookie = format!("session={token}");
            let encoded = as_percent(token);
            let headers = [
                ("x-echo", token),
                ("set-cookie", &*cookie),
                ("www-authenticate", token),
                ("x-encoded", &*encoded),
                ("etag", token),
            ];
            answer(200, &headers, "ok")
        })
        .await
    });
}

#[test]
fn the_secret_in_an_error() {
    attack(async |ground| echoed(ground, |seen| answer(500, &[], format!("the token {} is not known", seen.token()))).await);
}

#[test]
fn the_secret_in_what_is_no_answer() {
    attack(async |ground| {
        let app = asking(ground, json!([{}]), |seen| Reply::Last(format!("{}\r\n\r\n", seen.token()).into_bytes())).await;
        Held::refused(&app, Code::Protocol)
    });
}

#[test]
fn two_content_lengths() {
    attack(async |ground| {
        let both = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 40\r\n\r\nok";
        let app = asking(ground, json!([{}]), |_| Reply::Last(both.to_vec())).await;
        Held::refused(&app, Code::Protocol)
    });
}

#[test]
fn a_second_answer_behind_the_first() {
    attack(async |ground| {
        let app = asking(ground, json!([{ "target": "/first" }, { "target": "/second" }]), |seen| match seen.target() {
            "/first" => {
                let poison = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison";
                Reply::Bytes(format!("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst{poison}").into_bytes())
            }
            _ => answer(200, &[], "second"),
        })
        .await;
        let bodies = app.bodies();
        Held::harmless(&bodies, bodies.first().is_some_and(|body| body == "first") && !bodies.contains(&"poison".to_owned()))
    });
}

#[test]
fn a_decompression_bomb_in_an_answer() {
    attack(async |ground| {
        let bomb = gzip(&vec![0; 64 << 20]);
        assert!(bomb.len() < 512 << 10, "small on its way: {}", bomb.len());
        let app = asking(ground, json!([{}]), move |_| answer(200, &[("content-encoding", "gzip")], &bomb)).await;
        Held::refused(&app, Code::TooLarge)
    });
}

#[test]
fn an_answer_that_is_too_large() {
    attack(async |ground| {
        let app = asking(ground, json!([{}]), |_| answer(200, &[], vec![b'x'; 2 << 20])).await;
        Held::refused(&app, Code::TooLarge)
    });
}

#[test]
fn an_answer_that_never_ends() {
    attack(async |ground| {
        let endless = || Reply::Drip(b"HTTP/1.1 200 OK\r\n\r\n".to_vec());
        let app = asking(ground, json!([{}]), move |_| endless()).await;
        Held::refused(&app, Code::Timeout)
    });
}

#[test]
fn a_head_that_never_ends() {
    attack(async |ground| {
        let app = asking(ground, json!([{}]), |_| Reply::Drip(b"HTTP/1.1 200 OK\r\nx-slow: ".to_vec())).await;
        Held::refused(&app, Code::Timeout)
    });
}

#[test]
fn more_headers_than_anybody_needs() {
    attack(async |ground| {
        let lines: String = (0..20_000).map(|number| format!("x-{number}: {}\r\n", "x".repeat(100))).collect();
        let bomb = format!("HTTP/1.1 200 OK\r\n{lines}content-length: 2\r\n\r\nok").into_bytes();
        let app = asking(ground, json!([{}]), move |_| Reply::Last(bomb.clone())).await;
        Held::refused(&app, Code::Protocol)
    });
}

#[test]
fn early_answers_without_end() {
    attack(async |ground| {
        let early = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(5_000).into_bytes();
        let app = asking(ground, json!([{}]), move |_| Reply::Drip(early.clone())).await;
        let refused = app.refusals();
        assert_eq!(refused.len(), 1, "it ends: {refused:?}");
        Held::harmless(&refused, app.bodies().is_empty())
    });
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("compressed")
}
