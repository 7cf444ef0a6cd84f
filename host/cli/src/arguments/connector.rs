//! What can be typed after `innkeeper connector`.

use clap::{Args, Subcommand, ValueHint};
use innkeeper_bundle::{ConnectorPattern, ConnectorRef, Method, PublicKey, PublisherName};
use jiff::civil::Date;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Connector {
    /// Install a bundle, once its signature is verified and what it may do is granted
    Install(Install),
    /// The connectors that are installed, and the versions in use
    List,
    /// What a connector is, who signed it, and what it may touch
    Inspect {
        /// An installed connector, `name` or `name@version`, or a bundle: a folder, a file or `oci://…`
        connector: String,
    },
    /// Let a connector do something that it asks for
    Grant(Allowed),
    /// Take away something that was granted
    Deny(Allowed),
    /// Use another version, for one app first or for all
    Upgrade(Upgrade),
    /// Use the version before, at once
    Rollback {
        /// The connector
        connector: ConnectorRef,
        /// Only for this app
        #[arg(long, value_name = "APP")]
        app: Option<String>,
    },
    /// Remove an installed version that nobody uses
    Remove {
        /// The connector with its version: `name@1.2.3`
        connector: ConnectorRef,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Trust a publisher's key to sign connectors
    Trust(Trust),
    /// Stop trusting a key: nothing that it signed is loaded any more
    Distrust {
        /// The key: `ed25519:…`
        key: PublicKey,
        /// Why, for who reads the file
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// The publishers that are trusted
    Publishers,
    /// Make the key pair that signs your bundles
    Keygen {
        /// Where the secret key goes; nobody else may read it
        #[arg(default_value = "connector-key.pem", value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Pack a folder into a bundle; the same files make the same bytes
    Pack {
        /// The folder, with connector.toml, the component and README.md
        #[arg(value_hint = ValueHint::DirPath)]
        folder: PathBuf,
        /// Where to [default: NAME-VERSION.tar.zst]
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: Option<PathBuf>,
    },
    /// Sign a bundle
    Sign {
        /// The bundle: a file that was packed, or a folder
        #[arg(value_hint = ValueHint::AnyPath)]
        bundle: PathBuf,
        /// The secret key, as `keygen` made it
        #[arg(long, value_name = "FILE", default_value = "connector-key.pem", value_hint = ValueHint::FilePath)]
        key: PathBuf,
    },
    /// Check a bundle as `install` would, and install nothing
    Verify {
        /// The bundle: a folder, a file or `oci://…`
        bundle: String,
    },
    /// Put a signed bundle into an OCI registry
    Push {
        /// The bundle: a folder or a file
        #[arg(value_hint = ValueHint::AnyPath)]
        bundle: PathBuf,
        /// Where to: `oci://registry.example/connectors/crm`; the tag is the version
        #[arg(value_name = "REFERENCE")]
        to: String,
        #[command(flatten)]
        login: Login,
    },
    /// Fetch a bundle from an OCI registry into a file
    Pull {
        /// Where from: `oci://registry.example/connectors/crm:1.2.3`
        #[arg(value_name = "REFERENCE")]
        from: String,
        /// Where to [default: NAME-VERSION.tar.zst]
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: Option<PathBuf>,
        #[command(flatten)]
        login: Login,
    },
    /// Print the JSON Schema of connector.toml
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct Install {
    /// The bundle: a folder, a file or `oci://…`
    pub(crate) bundle: String,
    /// Grant what it asks for without being asked
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Grant only requests that read
    #[arg(long)]
    pub(crate) read_only: bool,
    /// Install it although a newer version was installed
    #[arg(long)]
    pub(crate) downgrade: bool,
    #[command(flatten)]
    pub(crate) login: Login,
}

#[derive(Debug, Args)]
pub(crate) struct Allowed {
    /// The connector; without a version, the one in use
    pub(crate) connector: ConnectorRef,
    /// Requests at and below this URL, as the manifest writes it
    #[arg(required_unless_present_any = ["credential", "limits"])]
    pub(crate) url: Option<String>,
    /// The methods [default: all that it asks for]
    #[arg(long, value_delimiter = ',', value_name = "METHOD", requires = "url")]
    pub(crate) methods: Vec<Method>,
    /// A credential slot; can be repeated
    #[arg(long, value_name = "SLOT")]
    pub(crate) credential: Vec<String>,
    /// The limits that it asks for
    #[arg(long)]
    pub(crate) limits: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Upgrade {
    /// An installed version, `name@1.2.3`, or `name` for the newest; or a bundle: a folder, a file or `oci://…`
    pub(crate) to: String,
    /// Only for this app; the others follow when you say it without
    #[arg(long, value_name = "APP")]
    pub(crate) app: Option<String>,
    /// Grant what it wants beyond the version in use
    #[arg(long)]
    pub(crate) grant: bool,
    /// Go to an older version
    #[arg(long)]
    pub(crate) downgrade: bool,
    /// Do not ask; what it wants beyond needs `--grant` all the same
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) login: Login,
}

#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// The publisher, as its manifests say
    pub(crate) publisher: PublisherName,
    /// The key: `ed25519:…`
    pub(crate) key: PublicKey,
    /// The connectors that it may sign: names, or beginnings such as `acme-*`
    #[arg(long, value_delimiter = ',', required = true, value_name = "NAME")]
    pub(crate) connectors: Vec<ConnectorPattern>,
    /// The last day on which something new that it signed is installed
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: Option<Date>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// Who asks a registry.
#[derive(Debug, Default, Args)]
pub(crate) struct Login {
    /// The user at the registry; the password comes from the secret that --secret names
    #[arg(long, value_name = "NAME", requires = "secret")]
    pub(crate) user: Option<String>,
    /// The secret with the registry's password or token, as `innkeeper secret set` keeps it
    #[arg(long, value_name = "SECRET", requires = "user")]
    pub(crate) secret: Option<String>,
    /// A certificate authority to trust for the registry beside the system's, as PEM
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca: Option<PathBuf>,
}
