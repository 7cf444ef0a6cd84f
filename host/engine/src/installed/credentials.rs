//! The credentials of an app: those of the configuration, in the slots of the manifest.

use crate::error::ConnectError;
use innkeeper_bundle::{CredentialRequest, Grant, Manifest, Scheme};
use innkeeper_egress::{Credential, GithubApp, OauthClient, OauthRefresh, ServiceAccount};
use innkeeper_policy::{ClientAuthentication, Connection, CredentialReference, CredentialScheme};
use innkeeper_secrets::SecretRef;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use url::Url;

/// `directory` is the configuration's, from which files are named; `settings` are those of the app, with defaults. Asks nobody.
pub(super) fn credentials(
    name: &str,
    directory: &Path,
    manifest: &Manifest,
    grant: &Grant,
    connection: &Connection,
    settings: &Value,
) -> Result<BTreeMap<String, Credential>, ConnectError> {
    let mut slots = BTreeMap::new();
    for (slot, configured) in &connection.credentials {
        let Some(request) = manifest.credentials.get(slot) else {
            let known: Vec<&str> = manifest.credentials.keys().map(String::as_str).collect();
            return Err(ConnectError::Mismatch(format!(
                "{name} gives the credential `{slot}`, and the connector {} has {}",
                manifest.name,
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            )));
        };
        if !grant.uses(slot, request) {
            return Err(ConnectError::Mismatch(format!(
                "{name} gives the credential `{slot}`, which was not granted to the connector {connector}. Grant it: innkeeper connector \
                 grant {connector} --credential {slot}",
                connector = manifest.name,
            )));
        }
        let wanted = scheme(&configured.scheme);
        if !request.schemes.contains(&wanted) {
            let taken: Vec<String> = request.schemes.iter().map(|scheme| format!("`{scheme}`")).collect();
            return Err(ConnectError::Mismatch(format!(
                "{name} sends the credential `{slot}` as `{wanted}`, and the connector {} takes {}",
                manifest.name,
                taken.join(", ")
            )));
        }
        let place = Place { name, slot, directory, request, settings };
        slots.insert(slot.clone(), place.credential(&configured.reference, &configured.scheme)?);
    }
    Ok(slots)
}

fn scheme(scheme: &CredentialScheme) -> Scheme {
    match scheme {
        CredentialScheme::Bearer => Scheme::Bearer,
        CredentialScheme::Basic { .. } => Scheme::Basic,
        CredentialScheme::Header { .. } => Scheme::Header,
        CredentialScheme::ServiceAccount { .. } => Scheme::ServiceAccount,
        CredentialScheme::OauthClient { .. } => Scheme::OauthClient,
        CredentialScheme::OauthRefresh { .. } => Scheme::OauthRefresh,
        CredentialScheme::GithubApp { .. } => Scheme::GithubApp,
    }
}

/// A slot of one app.
struct Place<'a> {
    name: &'a str,
    slot: &'a str,
    directory: &'a Path,
    request: &'a CredentialRequest,
    settings: &'a Value,
}

impl Place<'_> {
    fn credential(&self, reference: &CredentialReference, scheme: &CredentialScheme) -> Result<Credential, ConnectError> {
        let secret = self.secret(reference)?;
        Ok(match scheme {
            CredentialScheme::Bearer => Credential::Bearer { secret },
            CredentialScheme::Basic { username } => Credential::Basic { username: username.clone(), secret },
            CredentialScheme::Header { header } => Credential::Header { name: header.clone(), secret },
            CredentialScheme::ServiceAccount { subject, scopes, token_url } => {
                let scopes = self.scopes(scopes);
                if scopes.is_empty() {
                    return Err(self.missing("scopes", "[\"SCOPE\"]"));
                }
                let token_url = self.token_url(token_url.as_ref())?;
                Credential::ServiceAccount(ServiceAccount { secret, subject: subject.clone(), scopes, token_url })
            }
            CredentialScheme::OauthClient { client, scopes, token_url } => Credential::OauthClient(OauthClient {
                secret,
                client_id: client.id.clone(),
                client_auth: authentication(client.authentication),
                token_url: self.needed_token_url(token_url.as_ref())?,
                scopes: self.scopes(scopes),
            }),
            CredentialScheme::OauthRefresh { client, client_secret, scopes, token_url } => {
                Credential::OauthRefresh(OauthRefresh {
                    secret,
                    client_id: client.id.clone(),
                    client_secret: client_secret.as_ref().map(|reference| self.secret(reference)).transpose()?,
                    client_auth: authentication(client.authentication),
                    token_url: self.needed_token_url(token_url.as_ref())?,
                    // Somebody has authorised some already, and to ask for more is refused.
                    scopes: scopes.clone(),
                })
            }
            CredentialScheme::GithubApp { app_id, installation_id } => {
                Credential::GithubApp(GithubApp { secret, app_id: app_id.clone(), installation_id: *installation_id })
            }
        })
    }

    fn secret(&self, reference: &CredentialReference) -> Result<SecretRef, ConnectError> {
        Ok(match reference {
            CredentialReference::Secret(secret) => {
                SecretRef::Secret(secret.parse().map_err(|error| ConnectError::Mismatch(format!("{error}")))?)
            }
            CredentialReference::Environment(variable) => SecretRef::Env(variable.clone()),
            CredentialReference::File(path) => SecretRef::File(self.directory.join(path)),
        })
    }

    /// The operator's scopes; the connector's where there are none.
    fn scopes(&self, configured: &[String]) -> Vec<String> {
        match configured {
            [] => self.request.scopes().map(str::to_owned).collect(),
            configured => configured.to_vec(),
        }
    }

    /// The operator's token endpoint, or else the connector's.
    fn token_url(&self, configured: Option<&Url>) -> Result<Option<Url>, ConnectError> {
        match (configured, &self.request.token_url) {
            (Some(url), _) => Ok(Some(url.clone())),
            (None, Some(template)) => match template.fill(self.settings) {
                Ok(url) => Ok(Some(url)),
                Err(error) => Err(ConnectError::Mismatch(error.to_string())),
            },
            (None, None) => Ok(None),
        }
    }

    fn needed_token_url(&self, configured: Option<&Url>) -> Result<Url, ConnectError> {
        self.token_url(configured)?.ok_or_else(|| self.missing("token-url", "\"https://idp.acme.example/oauth2/token\""))
    }

    fn missing(&self, key: &str, example: &str) -> ConnectError {
        let Self { name, slot, .. } = self;
        ConnectError::Mismatch(format!(
            "the credential `{slot}` of {name} needs `{key}`, which the connector does not say. Add to innkeeper.toml:\n\n\
             [app.{name}.credential.{slot}]\n{key} = {example}"
        ))
    }
}

fn authentication(authentication: ClientAuthentication) -> innkeeper_egress::ClientAuthentication {
    match authentication {
        ClientAuthentication::Basic => innkeeper_egress::ClientAuthentication::Basic,
        ClientAuthentication::Body => innkeeper_egress::ClientAuthentication::Body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_policy::{Configuration, SourceFile};

    fn manifest(lines: &str) -> Manifest {
        let text = format!(
            r#"manifest = 1
name = "crm"
version = "0.1.0"
publisher = "innkeeper"
description = "A CRM"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "https://crm.example"
hosts = [{{ url = "https://crm.example", methods = ["GET"] }}]
[credentials.default]
schemes = ["service-account", "oauth-client", "oauth-refresh", "github-app", "bearer"]
{lines}
[configuration]
type = "object"
required = ["site"]
properties.site.type = "string"
"#
        );
        Manifest::parse(&text).expect("a manifest")
    }

    const WHOLE: &str = r#"token-url = "https://{site}.crm.example/token"
[[credentials.default.scopes]]
scope = "users"
for = ["accounts"]
[[credentials.default.scopes]]
scope = "groups"
for = ["entitlements"]"#;

    fn open(manifest: &Manifest, credential: &str) -> Result<Credential, String> {
        let text =
            format!("[app.crm]\nconnector = \"crm\"\nconfig.site = \"acme\"\n[app.crm.credential.default]\n{credential}\n");
        let file = SourceFile { name: "innkeeper.toml".into(), text };
        let configuration = Configuration::load(vec![file]).expect("sound");
        let app = configuration.apps().next().expect("one");
        connect(manifest, &Grant::all(manifest), app.connection().expect("it has a connector"))
            .map(|mut slots| slots.remove("default").expect("given"))
    }

    fn connect(manifest: &Manifest, grant: &Grant, connection: &Connection) -> Result<BTreeMap<String, Credential>, String> {
        credentials("crm", Path::new("/etc/innkeeper"), manifest, grant, connection, &connection.config)
            .map_err(|error| error.to_string())
    }

    fn stored(name: &str) -> SecretRef {
        SecretRef::Secret(name.parse().expect("a name"))
    }

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    #[test]
    fn a_credential_that_was_not_granted_is_not_used() {
        let text = "[app.crm]\nconnector = \"crm\"\nconfig.site = \"acme\"\ncredential.default = { secret = \"token\" }\n";
        let file = SourceFile { name: "innkeeper.toml".into(), text: text.into() };
        let configuration = Configuration::load(vec![file]).expect("sound");
        let app = configuration.apps().next().expect("one");
        let manifest = manifest(WHOLE);
        let refused = connect(&manifest, &Grant::default(), app.connection().expect("it has a connector")).map(drop);
        assert_eq!(
            refused.expect_err("not granted"),
            "crm gives the credential `default`, which was not granted to the connector crm. Grant it: innkeeper connector grant crm \
             --credential default"
        );
        // One that is exchanged elsewhere than where it was granted is not granted.
        let mut moved = Grant::all(&manifest);
        let slot = moved.credentials.get_mut("default").expect("asked for");
        slot.token_url = Some("https://token.example.net".parse().expect("a URL"));
        connect(&manifest, &moved, app.connection().expect("it has a connector"))
            .map(drop)
            .expect_err("granted for another endpoint");
    }

    #[test]
    fn what_the_configuration_leaves_out_the_manifest_says() {
        let account = open(&manifest(WHOLE), "file = \"key.json\"\nscheme = \"service-account\"");
        let wanted = ServiceAccount {
            secret: SecretRef::File("/etc/innkeeper/key.json".into()),
            subject: None,
            scopes: vec!["users".into(), "groups".into()],
            token_url: Some(url("https://acme.crm.example/token")),
        };
        assert_eq!(account, Ok(Credential::ServiceAccount(wanted)));
        let client = open(&manifest(WHOLE), "secret = \"s\"\nscheme = \"oauth-client\"\nclient-id = \"c\"");
        let wanted = OauthClient {
            secret: stored("s"),
            client_id: "c".into(),
            client_auth: innkeeper_egress::ClientAuthentication::Basic,
            token_url: url("https://acme.crm.example/token"),
            scopes: vec!["users".into(), "groups".into()],
        };
        assert_eq!(client, Ok(Credential::OauthClient(wanted)));
    }

    #[test]
    fn what_the_configuration_says_counts() {
        let lines = "secret = \"s\"\nscheme = \"service-account\"\nsubject = \"admin@acme.example\"\nscopes = [\"users.readonly\"]\n\
                     token-url = \"https://token.example\"";
        let wanted = ServiceAccount {
            secret: stored("s"),
            subject: Some("admin@acme.example".into()),
            scopes: vec!["users.readonly".into()],
            token_url: Some(url("https://token.example")),
        };
        assert_eq!(open(&manifest(WHOLE), lines), Ok(Credential::ServiceAccount(wanted)));
    }

    #[test]
    fn a_refresh_token_is_not_asked_for_more_than_was_authorised() {
        let lines = "secret = \"s\"\nscheme = \"oauth-refresh\"\nclient-id = \"c\"\nclient-secret.env = \"CLIENT\"\nclient-auth = \"body\"";
        let wanted = OauthRefresh {
            secret: stored("s"),
            client_id: "c".into(),
            client_secret: Some(SecretRef::Env("CLIENT".into())),
            client_auth: innkeeper_egress::ClientAuthentication::Body,
            token_url: url("https://acme.crm.example/token"),
            scopes: vec![],
        };
        assert_eq!(open(&manifest(WHOLE), lines), Ok(Credential::OauthRefresh(wanted)));
    }

    #[test]
    fn what_nobody_says_is_asked_for() {
        let bare = manifest("");
        let app = GithubApp { secret: stored("s"), app_id: "7".into(), installation_id: 8 };
        let github = open(&bare, "secret = \"s\"\nscheme = \"github-app\"\napp-id = 7\ninstallation-id = 8");
        assert_eq!(github, Ok(Credential::GithubApp(app)));
        let client = open(&bare, "secret = \"s\"\nscheme = \"oauth-client\"\nclient-id = \"c\"").expect_err("no endpoint");
        assert!(client.contains("[app.crm.credential.default]\ntoken-url = \"https://"), "{client}");
        let account = open(&bare, "secret = \"s\"\nscheme = \"service-account\"").expect_err("no scopes");
        assert!(account.contains("[app.crm.credential.default]\nscopes = [\"SCOPE\"]"), "{account}");
    }

    #[test]
    fn a_scheme_that_the_connector_does_not_take_is_told_with_those_that_it_does() {
        let error = open(&manifest(""), "secret = \"s\"\nscheme = \"basic\"\nusername = \"u\"").expect_err("not taken");
        assert_eq!(
            error,
            "crm sends the credential `default` as `basic`, and the connector crm takes `service-account`, `oauth-client`, \
             `oauth-refresh`, `github-app`, `bearer`"
        );
    }
}
