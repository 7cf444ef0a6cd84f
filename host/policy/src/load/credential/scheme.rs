//! `scheme` and the keys that belong to it.

use super::super::section::{Entry, Section};
use super::{close, reference};
use crate::connection::{ClientAuthentication, CredentialReference, CredentialScheme, OauthClient};
use crate::problem::{Problem, Problems, Spot};
use crate::suggest;
use std::collections::BTreeMap;
use toml::de::DeValue;
use url::{Host, Url};

/// How a credential can be sent, or what it is exchanged as.
const SCHEMES: [&str; 7] = ["bearer", "basic", "header", "service-account", "oauth-client", "oauth-refresh", "github-app"];

/// Which key belongs to which schemes, with an example of its value.
const KEYS: [(&str, &[&str], &str); 10] = [
    ("username", &["basic"], "\"innkeeper\""),
    ("header", &["header"], "\"X-Api-Key\""),
    ("subject", &["service-account"], "\"admin@acme.example\""),
    ("client-id", &["oauth-client", "oauth-refresh"], "\"innkeeper\""),
    ("client-secret", &["oauth-refresh"], "{ secret = \"NAME\" }"),
    ("client-auth", &["oauth-client", "oauth-refresh"], "\"basic\""),
    ("scopes", &["service-account", "oauth-client", "oauth-refresh"], "[\"users.read\"]"),
    ("token-url", &["service-account", "oauth-client", "oauth-refresh"], "\"https://idp.acme.example/oauth2/token\""),
    ("app-id", &["github-app"], "12345"),
    ("installation-id", &["github-app"], "67890"),
];

/// The keys of one credential that belong to its scheme.
struct Keys<'a> {
    scheme: &'a str,
    /// Where to say that one is missing.
    spot: Spot,
    entries: BTreeMap<&'static str, Entry<'a>>,
}

impl<'a> Keys<'a> {
    fn take(&mut self, key: &str) -> Option<Entry<'a>> {
        self.entries.remove(key)
    }

    fn need(&mut self, key: &str, problems: &mut Problems) -> Option<Entry<'a>> {
        let entry = self.take(key);
        if entry.is_none() {
            let scheme = self.scheme;
            let example = KEYS.iter().find(|(name, ..)| *name == key).map_or("", |(.., example)| example);
            let problem = Problem::new(&self.spot, format!("the scheme `{scheme}` needs `{key}`"), format!("without `{key}`"));
            problems.push(problem.help(format!("for example `scheme = \"{scheme}\", {key} = {example}`")));
        }
        entry
    }

    fn need_name(&mut self, key: &str, problems: &mut Problems) -> Option<String> {
        self.need(key, problems)?.name(problems).map(|name| name.text)
    }

    fn scopes(&mut self, problems: &mut Problems) -> Vec<String> {
        self.take("scopes").map(|entry| scopes(&entry, problems)).unwrap_or_default()
    }

    fn token_url(&mut self, problems: &mut Problems) -> Option<Url> {
        self.take("token-url").and_then(|entry| token_url(&entry, problems))
    }

    fn client(&mut self, problems: &mut Problems) -> Option<OauthClient> {
        let id = self.need_name("client-id", problems);
        let authentication = self.take("client-auth").map_or(Some(ClientAuthentication::Basic), |entry| {
            let quoted = entry.name(problems)?;
            match quoted.text.as_str() {
                "basic" => Some(ClientAuthentication::Basic),
                "body" => Some(ClientAuthentication::Body),
                other => {
                    let problem = Problem::new(&quoted.spot, format!("there is no client-auth `{other}`"), "unknown");
                    problems.push(problem.maybe_help(suggest::help(other, ["basic", "body"])));
                    None
                }
            }
        });
        Some(OauthClient { id: id?, authentication: authentication? })
    }
}

pub(super) fn scheme(section: &mut Section<'_>, problems: &mut Problems) -> Option<CredentialScheme> {
    let name = match section.take("scheme") {
        Some(entry) => Some(entry.name(problems)?),
        None => None,
    };
    let spot = name.as_ref().map_or(&section.spot, |name| &name.spot).clone();
    let wanted = name.as_ref().map_or("bearer", |name| name.text.as_str());
    let known = SCHEMES.into_iter().find(|scheme| *scheme == wanted);
    let mut keys = Keys { scheme: known.unwrap_or_default(), spot, entries: BTreeMap::new() };
    for (key, schemes, _) in KEYS {
        let Some(entry) = section.take(key) else { continue };
        if key == "client-secret" && !matches!(entry.value, DeValue::Table(_)) {
            // It is the secret itself.
            problems.hide(&entry.spot);
        }
        match known {
            Some(known) if schemes.contains(&known) => drop(keys.entries.insert(key, entry)),
            Some(known) => problems.push(misplaced(&entry, schemes, known)),
            None => {}
        }
    }
    match known {
        Some(known) => build(known, &mut keys, problems),
        None => {
            let problem = Problem::new(&keys.spot, format!("there is no scheme `{wanted}`"), "unknown scheme");
            problems.push(problem.maybe_help(suggest::help(wanted, SCHEMES)));
            None
        }
    }
}

fn misplaced(entry: &Entry<'_>, schemes: &[&str], scheme: &str) -> Problem {
    let quoted: Vec<String> = schemes.iter().map(|scheme| format!("`{scheme}`")).collect();
    let belongs = match quoted.split_last() {
        Some((last, [])) => format!("the scheme {last}"),
        Some((last, others)) => format!("the schemes {} and {last}", others.join(", ")),
        None => String::new(),
    };
    let problem = Problem::new(&entry.key_spot, format!("`{}` belongs to {belongs}", entry.key), "not used");
    problem.help(match (entry.key, scheme) {
        ("client-secret", "oauth-client") => "the client's secret is the credential itself: `secret = \"NAME\"`".to_owned(),
        _ => {
            let lines: Vec<String> = schemes.iter().map(|scheme| format!("`scheme = \"{scheme}\"`")).collect();
            format!("add {}", lines.join(" or "))
        }
    })
}

fn build(scheme: &str, keys: &mut Keys<'_>, problems: &mut Problems) -> Option<CredentialScheme> {
    match scheme {
        "basic" => Some(CredentialScheme::Basic {
            username: match keys.take("username") {
                Some(entry) => Some(entry.name(problems)?.text),
                None => None,
            },
        }),
        "header" => Some(CredentialScheme::Header { header: keys.need_name("header", problems)? }),
        "service-account" => Some(CredentialScheme::ServiceAccount {
            subject: match keys.take("subject") {
                Some(entry) => Some(subject(&entry, problems)?),
                None => None,
            },
            scopes: keys.scopes(problems),
            token_url: keys.token_url(problems),
        }),
        "oauth-client" => {
            let (client, scopes, token_url) = (keys.client(problems), keys.scopes(problems), keys.token_url(problems));
            Some(CredentialScheme::OauthClient { client: client?, scopes, token_url })
        }
        "oauth-refresh" => {
            let client_secret = keys.take("client-secret").and_then(|entry| client_secret(&entry, problems));
            let (client, scopes, token_url) = (keys.client(problems), keys.scopes(problems), keys.token_url(problems));
            Some(CredentialScheme::OauthRefresh { client: client?, client_secret, scopes, token_url })
        }
        "github-app" => {
            let app_id = keys.need("app-id", problems).and_then(|entry| id(&entry, problems));
            let installation = keys.need("installation-id", problems);
            let installation_id = installation.and_then(|entry| installation_id(&entry, problems));
            Some(CredentialScheme::GithubApp { app_id: app_id?, installation_id: installation_id? })
        }
        _ => Some(CredentialScheme::Bearer),
    }
}

fn subject(entry: &Entry<'_>, problems: &mut Problems) -> Option<String> {
    let quoted = entry.name(problems)?;
    if quoted.text.contains('@') {
        return Some(quoted.text);
    }
    let problem = Problem::new(&quoted.spot, format!("`{}` is not a user's address", quoted.text), "expected an address");
    problems
        .push(problem.help("the user in whose name the service account acts, for example `subject = \"admin@acme.example\"`"));
    None
}

fn scopes(entry: &Entry<'_>, problems: &mut Problems) -> Vec<String> {
    let before = problems.len();
    let texts = entry.texts(problems);
    if texts.is_empty() && problems.len() == before {
        let problem = Problem::new(&entry.spot, "`scopes` names none", "expected scopes");
        problems.push(problem.help("leave it out for the scopes that the connector asks for"));
    }
    for quoted in &texts {
        if quoted.text.is_empty() || quoted.text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            let message = format!("`{}` is not one scope", quoted.text.escape_debug());
            let problem = Problem::new(&quoted.spot, message, "expected one scope");
            problems.push(problem.help("each in quotes of its own: `scopes = [\"users.read\", \"groups.read\"]`"));
        }
    }
    texts.into_iter().map(|quoted| quoted.text).collect()
}

fn token_url(entry: &Entry<'_>, problems: &mut Problems) -> Option<Url> {
    let quoted = entry.name(problems)?;
    let url = match Url::parse(&quoted.text) {
        Ok(url) => url,
        Err(_) => {
            let problem = Problem::new(&quoted.spot, format!("`{}` is not a URL", quoted.text), "expected a URL");
            problems.push(problem.help("for example `token-url = \"https://idp.acme.example/oauth2/token\"`"));
            return None;
        }
    };
    if !url.username().is_empty() || url.password().is_some() {
        problems.hide(&quoted.spot);
        let problem = Problem::new(&quoted.spot, "a token endpoint's URL has no user and password in it", "a secret in a URL");
        problems.push(problem.help("who asks is said by `client-id` and the credential itself"));
        return None;
    }
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        let problem = Problem::new(&quoted.spot, "a secret is only sent by https", "expected https://");
        problems.push(problem.help("plain http is for loopback hosts only"));
        return None;
    }
    if url.fragment().is_some() {
        let problem = Problem::new(&quoted.spot, "a token endpoint's URL has no fragment", "has a `#`");
        problems.push(problem.help("leave out what follows the `#`"));
        return None;
    }
    Some(url)
}

fn client_secret(entry: &Entry<'_>, problems: &mut Problems) -> Option<CredentialReference> {
    if !matches!(entry.value, DeValue::Table(_)) {
        let problem = Problem::new(&entry.spot, "`client-secret` says where the secret is", "no secret is written here");
        problems.push(problem.help("`innkeeper secret set NAME`, then `client-secret = { secret = \"NAME\" }`"));
        return None;
    }
    let mut section = entry.section("a client-secret", problems)?;
    let found = reference(&mut section, "the client's secret", problems);
    close(section, problems);
    found.map(|(_, reference)| reference)
}

/// A number or text, as the vendor shows it.
fn id(entry: &Entry<'_>, problems: &mut Problems) -> Option<String> {
    match entry.value {
        DeValue::Integer(_) => whole(entry).map(|number| number.to_string()).or_else(|| not_a_number(entry, problems)),
        _ => entry.name(problems).map(|name| name.text),
    }
}

fn installation_id(entry: &Entry<'_>, problems: &mut Problems) -> Option<u64> {
    let number = match entry.value {
        DeValue::String(text) => text.trim().parse().ok(),
        _ => whole(entry),
    };
    number.or_else(|| not_a_number(entry, problems))
}

fn whole(entry: &Entry<'_>) -> Option<u64> {
    let DeValue::Integer(integer) = entry.value else { return None };
    i64::from_str_radix(integer.as_str(), integer.radix()).ok().and_then(|number| u64::try_from(number).ok())
}

fn not_a_number<T>(entry: &Entry<'_>, problems: &mut Problems) -> Option<T> {
    let problem = Problem::new(&entry.spot, format!("`{}` is a whole number", entry.key), "expected a number");
    problems.push(problem.help(format!("as the vendor shows it, for example `{} = 12345`", entry.key)));
    None
}
