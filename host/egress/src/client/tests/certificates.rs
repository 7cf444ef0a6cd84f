//! Whom a client trusts.

use super::*;

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_says_what_to_do() {
    let options = Options { certificate_authorities: vec![server::authority().pem()], ..Options::default() };
    for server in [Server::tls(&server::authority(), "localhost").await, Server::self_signed("localhost").await] {
        let url = format!("https://localhost:{}", server.port());
        let client = client_with(policy(&[&url]), options.clone());
        let error = client.send(Request::new(Method::Post, "/")).await.expect_err("a stranger");
        assert_eq!((error.code(), error.sent()), (Code::Connection, false));
        assert_eq!(
            error.to_string().replace(&server.port().to_string(), "PORT"),
            "no connection to localhost:PORT: the certificate of localhost:PORT is signed by nobody that this machine trusts (self-signed, \
             or a company's own authority). If it is right, name the authority's file in [app.crm]: ca = \"ca.pem\""
        );
    }
}

#[tokio::test]
async fn a_named_authority_is_trusted_for_the_names_it_vouches_for() {
    let authority = server::authority();
    let server = Server::tls(&authority, "localhost").await;
    let options = Options { certificate_authorities: vec![authority.pem()], ..Options::default() };
    let url = format!("https://localhost:{}", server.port());
    let client = client_with(policy(&[&url]), options.clone());
    assert_eq!(client.send(get_request("/")).await.expect("an answer").body, b"ok");

    let url = format!("https://127.0.0.1:{}", server.port());
    let error = client_with(policy(&[&url]), options).send(get_request("/")).await.expect_err("another name");
    assert!(error.to_string().contains("the certificate is not for 127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_told_from_one_with_a_bad_certificate() {
    let server = Server::raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let options = Options { certificate_authorities: vec![server::authority().pem()], ..Options::default() };
    let url = format!("https://127.0.0.1:{}", server.port());
    let error = client_with(policy(&[&url]), options).send(get_request("/")).await.expect_err("no TLS");
    assert_eq!((error.code(), error.sent()), (Code::Connection, false));
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
}
