//! One outgoing request: policy, resolution, rate, credential, redaction.
//!
//! A [`Client`] belongs to one app and is shared by all its calls. What it does to a request, in this order:
//!
//! | step | module | shown by |
//! |---|---|---|
//! | 1. the URL is parsed and joined to the base URL; what can be read in two ways is refused | `target` | `a_url_that_is_read_in_two_ways_is_refused_or_arrives_where_it_was_granted`, `a_path_never_escapes_the_base` |
//! | 2. headers that belong to the host, or are more than one line, are refused | `headers` | `a_header_that_could_smuggle_never_leaves_and_says_why` |
//! | 3. method, scheme, host, port and path must be asked for by the connector *and* granted by the operator | `policy`, `rule` | `what_is_refused_never_leaves`, `a_refusal_prints_what_would_grant_it` |
//! | 4. the request is logged, without the values in its query | `client` | `messages_show_neither_queries_nor_line_breaks`, `no_secret_is_in_a_log_or_an_error` |
//! | 5. the name is looked up once, one refused address refuses the answer, the others are pinned | `resolve`, `address` | tests of `rebinding`, `an_address_that_was_granted_as_a_url_is_still_closed_as_a_network` |
//! | 6. the budgets are spent, and a rest that the system asked for is waited for | `rate` | `a_rest_that_the_system_asks_for_holds_for_the_whole_app` |
//! | 6. and nothing is sent while the operator has paused the app | `client` | `what_is_paused_is_not_sent_also_between_two_requests` |
//! | 7. only now the secret is fetched and put into a header, or exchanged for an access token that is | `credential`, `token` | `a_request_carries_the_credential_and_leaves_a_record`, `a_secret_that_could_smuggle_is_not_sent`, `a_token_endpoint_whose_name_turns_gets_no_secret` |
//! | 8. the request is sent, through no proxy but the configured one, to a server whose certificate is right | `transport`, `proxy`, `tls` | `proxies_in_the_environment_change_nothing`, `a_proxy_sees_host_and_port_and_never_the_request`, `a_certificate_that_nobody_vouches_for_is_refused_and_says_what_to_do` |
//! | 8. and never sent on to another host | `redirect` | `a_redirect_to_another_host_is_not_followed_even_when_that_host_is_granted`, `a_place_to_go_that_repeats_the_secret_is_not_gone_to_and_not_shown` |
//! | 9. at most so many bytes of head and body are read, after decompression and in the time that there is | `transport`, `answer` | tests of `floods` and `framing`, `the_limit_counts_what_comes_and_not_what_is_said`, `the_limit_holds_after_decompression` |
//! | 9. cookies are taken out, echoes of the secret are replaced | `answer` | `no_echo_comes_back_in_a_body_or_a_header`, `an_echo_that_is_split_over_chunks_is_found`, `content_that_is_not_encoded_as_it_says_is_refused` |
//! | 9. what the answer says of the rate is heeded | `rate` | `a_200_with_an_error_in_its_body_is_a_rate_limit` |
//!
//! Nothing here knows of connectors' components, plans or databases.

mod address;
mod answer;
mod client;
mod credential;
mod error;
mod headers;
mod message;
mod method;
mod options;
mod policy;
mod proxy;
pub mod rate;
mod redirect;
mod resolve;
mod rule;
mod target;
mod tls;
mod token;
mod transport;

pub use client::Client;
pub use credential::{ClientAuthentication, Credential, Credentials, GithubApp, OauthClient, OauthRefresh, ServiceAccount};
pub use error::{Code, EgressError, SetupError};
pub use message::{CredentialSlot, Exchange, Request, Response};
pub use method::Method;
pub use options::{Clock, Hold, Options};
pub use policy::Policy;
pub use proxy::Proxy;
pub use rate::Rate;
pub use resolve::{Resolve, SystemResolver};
pub use rule::HostRule;
