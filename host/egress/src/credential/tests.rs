use super::*;
use crate::credential::injector::Injected;
use crate::{CredentialSlot, EgressError, Options, Policy};
use http::HeaderMap;
use innkeeper_secrets::{Redactor, Secret, SecretError};
use tokio::time::Instant;

/// Answers every reference to an environment variable with the variable's name.
struct Names;

impl Vault for Names {
    fn fetch(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        match reference {
            SecretRef::Env(name) => Ok(Secret::new(name.clone())),
            _ => Err(SecretError::MissingVariable { name: "GONE".into() }),
        }
    }
}

fn credentials(credential: Credential) -> Credentials {
    Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(Names))
}

async fn inject_into(
    credentials: Credentials,
    slot: &CredentialSlot,
    headers: &mut HeaderMap,
) -> Result<Option<Redactor>, EgressError> {
    let policy = Policy::granting("jira", "https://jira.example".parse().expect("a URL"), vec![]);
    let injector = Injector::new(credentials, &policy, &Options::default()).expect("usable");
    match injector.inject(slot, headers, None, Instant::now()).await? {
        Injected::Nothing => Ok(None),
        Injected::Secret(redactor) => Ok(Some(redactor)),
        Injected::Token(_) => panic!("nothing is exchanged here"),
    }
}

async fn inject(credential: Credential) -> Result<(HeaderMap, Option<Redactor>), EgressError> {
    let mut headers = HeaderMap::new();
    let redactor = inject_into(credentials(credential), &CredentialSlot::Default, &mut headers).await?;
    Ok((headers, redactor))
}

fn env(text: &str) -> SecretRef {
    SecretRef::Env(text.into())
}

#[tokio::test]
async fn each_scheme_makes_its_header() {
    let basic = |username: Option<&str>, text| Credential::Basic { username: username.map(str::to_owned), secret: env(text) };
    for (credential, name, value) in [
        (Credential::Bearer { secret: env("t0ken") }, "authorization", "Bearer t0ken"),
        (basic(Some("Aladdin"), "open sesame"), "authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        (basic(None, "Aladdin:open sesame"), "authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        (Credential::Header { name: "X-Api-Key".into(), secret: env("k3y!") }, "x-api-key", "k3y!"),
    ] {
        let Ok((headers, redactor)) = inject(credential).await else { panic!("{name}: {value}") };
        assert_eq!(headers.len(), 1);
        let header = headers.get(name).expect("injected");
        assert_eq!(header, value);
        assert!(header.is_sensitive());
        assert!(!format!("{headers:?}").contains(value));
        assert!(redactor.expect("a secret was used").finds(value.as_bytes()));
    }
}

#[tokio::test]
async fn a_password_is_redacted_by_itself_as_well() {
    let credential = Credential::Basic { username: None, secret: env("Aladdin:open sesame") };
    let Ok((_, Some(redactor))) = inject(credential).await else { panic!("a good credential") };
    assert_eq!(redactor.text("password was open+sesame"), "password was [redacted]");
    assert_eq!(redactor.text("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "Basic [redacted]");
}

#[tokio::test]
async fn a_key_that_is_sent_as_the_user_name_is_redacted_by_itself_as_well() {
    let credential = Credential::Basic { username: None, secret: env("k3y-of-a-system:x") };
    let Ok((_, Some(redactor))) = inject(credential).await else { panic!("a good credential") };
    assert_eq!(redactor.text("no such key: k3y-of-a-system"), "no such key: [redacted]");
}

#[tokio::test]
async fn what_cannot_be_a_header_is_refused_without_showing_it() {
    for (credential, part) in [
        (Credential::Bearer { secret: env("t0ken\nX-Evil: 1") }, "line break"),
        (Credential::Bearer { secret: env("t\u{f6}ken") }, "beyond ASCII"),
        (Credential::Basic { username: None, secret: env("s3cr3t") }, "no colon"),
        (Credential::Basic { username: Some("a:b".into()), secret: env("s3cr3t") }, "colon"),
    ] {
        let Err(error) = inject(credential).await else { panic!("{part}: must be refused") };
        let text = error.to_string();
        assert!(text.contains(part), "{text}");
        assert!(!text.contains("s3cr3t") && !text.contains("Evil"), "{text}");
    }
}

#[tokio::test]
async fn an_empty_slot_says_what_to_add() {
    let slot = CredentialSlot::Slot("admin".into());
    let Err(error) = inject_into(credentials(Credential::None), &slot, &mut HeaderMap::new()).await else {
        panic!("no such slot")
    };
    assert_eq!(
        error.to_string(),
        "jira has no credential `admin`. Add to innkeeper.toml:\n\n[app.jira]\ncredential.admin = { secret = \"jira-token\" }"
    );
}

#[tokio::test]
async fn a_slot_that_is_meant_to_be_empty_and_an_anonymous_request_carry_nothing() {
    let mut headers = HeaderMap::new();
    for (credentials, slot) in [
        (Credentials::none(), CredentialSlot::Default),
        (credentials(Credential::Bearer { secret: env("t0ken") }), CredentialSlot::Anonymous),
    ] {
        assert!(matches!(inject_into(credentials, &slot, &mut headers).await, Ok(None)));
    }
    assert!(headers.is_empty());
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_no_credential() {
    let credential = Credential::Bearer { secret: SecretRef::File("/none".into()) };
    let Err(error) = inject(credential).await else { panic!("the vault has none") };
    assert_eq!(error.code(), crate::Code::NoCredential);
    assert!(error.to_string().contains("GONE"), "{error}");
}

#[test]
fn credentials_cannot_take_over_the_connections_headers() {
    for name in ["Host", "Content-Length", "Transfer-Encoding", "bad name", ""] {
        let credential = Credential::Header { name: name.into(), secret: env("x") };
        assert!(matches!(credentials(credential).headers("app"), Err(SetupError::CredentialHeader { .. })), "{name}");
    }
    let credential = Credential::Header { name: "X-Api-Key".into(), secret: env("x") };
    assert_eq!(credentials(credential).headers("app").expect("usable"), ["x-api-key"]);
}

#[test]
fn configuration_is_read() {
    let text = "scheme = \"basic\"\nusername = \"innkeeper\"\nsecret = { env = \"PASSWORD\" }";
    let credential: Credential = toml::from_str(text).expect("readable");
    assert_eq!(credential, Credential::Basic { username: Some("innkeeper".into()), secret: env("PASSWORD") });
}

#[test]
fn configuration_of_exchanged_credentials_is_read() {
    let read = |text: &str| toml::from_str::<Credential>(text).expect(text);
    let url = |text: &str| text.parse().expect("a URL");
    assert_eq!(
        read("scheme = \"service-account\"\nsecret = { file = \"key.json\" }\nsubject = \"a@b.example\"\nscopes = [\"x\"]"),
        Credential::ServiceAccount(ServiceAccount {
            secret: SecretRef::File("key.json".into()),
            subject: Some("a@b.example".into()),
            scopes: vec!["x".into()],
            token_url: None,
        })
    );
    let client = "client-id = \"c\"\ntoken-url = \"https://idp.example/token\"\nsecret = { secret = \"s\" }";
    let stored = |name: &str| SecretRef::Secret(name.parse().expect("a name"));
    assert_eq!(
        read(&format!("scheme = \"oauth-client\"\nclient-auth = \"body\"\n{client}")),
        Credential::OauthClient(OauthClient {
            secret: stored("s"),
            client_id: "c".into(),
            client_auth: ClientAuthentication::Body,
            token_url: url("https://idp.example/token"),
            scopes: vec![],
        })
    );
    assert_eq!(
        read(&format!("scheme = \"oauth-refresh\"\nclient-secret = {{ secret = \"t\" }}\n{client}")),
        Credential::OauthRefresh(OauthRefresh {
            secret: stored("s"),
            client_id: "c".into(),
            client_secret: Some(stored("t")),
            client_auth: ClientAuthentication::Basic,
            token_url: url("https://idp.example/token"),
            scopes: vec![],
        })
    );
    assert_eq!(
        read("scheme = \"github-app\"\nsecret = { secret = \"s\" }\napp-id = \"7\"\ninstallation-id = 8"),
        Credential::GithubApp(GithubApp { secret: stored("s"), app_id: "7".into(), installation_id: 8 })
    );
}
