//! `innkeeper connector install`

use super::desk::Desk;
use super::{offered, wants};
use crate::arguments::Install;
use crate::context;
use crate::error::CliError;
use crate::render::terminal::safe;
use crate::reply::Reply;
use innkeeper_bundle::{Bundle, Grant, LockedConnector, Manifest, Method, VerifiedBundle, Wish};
use innkeeper_engine::Installed;
use innkeeper_sandbox::Connector;
use serde_json::json;

pub(super) fn run(mut desk: Desk<'_>, asked: &Install) -> Result<Reply, CliError> {
    let bundle = offered::bundle(desk.general, &asked.bundle, &asked.login)?;
    let readable = asked.read_only.then_some(&READING[..]);
    let consent = Consent { yes: asked.yes, more: asked.yes, question: "Install", only: readable };
    let placed = place(&mut desk, bundle, &consent, asked.downgrade)?;
    let manifest = placed.bundle.manifest();
    let used = desk.lock.selection(&manifest.name).map(|selection| selection.all.version.clone());
    let next = match used.filter(|used| *used != manifest.version) {
        Some(used) => format!(
            "{used} is still the version in use. Use this one for one app first, then for all:\n  innkeeper connector upgrade {0}@{1} --app \
             APP\n  innkeeper connector upgrade {0}@{1}\n",
            manifest.name, manifest.version
        ),
        None => String::new(),
    };
    let text = format!(
        "Installed {} {} ({}), signed by {}, pinned in innkeeper.lock.\n{next}",
        manifest.name,
        manifest.version,
        placed.connector.capabilities(),
        placed.bundle.publisher()
    );
    Ok(Reply::done(text, &placed.json()))
}

/// The methods that change nothing (RFC 9110, section 9.2.1).
const READING: [Method; 3] = [Method::Get, Method::Head, Method::Options];

/// What was said beforehand.
pub(super) struct Consent<'a> {
    /// Do not ask whether to go on.
    pub(super) yes: bool,
    /// Grant what it wants beyond the version in use.
    pub(super) more: bool,
    /// What is about to be done: `Install`.
    pub(super) question: &'static str,
    /// Grant these methods alone.
    pub(super) only: Option<&'a [Method]>,
}

/// A bundle that was verified, granted, compiled, installed and pinned.
pub(super) struct Placed {
    pub(super) bundle: VerifiedBundle,
    pub(super) connector: Connector,
}

impl Placed {
    pub(super) fn json(&self) -> serde_json::Value {
        json!({
            "name": self.bundle.manifest().name.to_string(),
            "version": self.bundle.manifest().version,
            "publisher": self.bundle.publisher(),
            "key": self.bundle.key().to_string(),
            "sha256": self.bundle.digest().to_string(),
            "capabilities": self.connector.capabilities().names().collect::<Vec<_>>(),
        })
    }
}

/// Verifies a bundle, asks for what has to be granted, and puts it beside the other versions. It is in use only when it is the first.
pub(super) fn place(desk: &mut Desk<'_>, bundle: Bundle, consent: &Consent<'_>, downgrade: bool) -> Result<Placed, CliError> {
    let bundle = bundle.verify(&desk.trust, desk.today())?;
    let (name, version) = (&bundle.manifest().name, &bundle.manifest().version);
    let newer = |newest: &&LockedConnector| newest.version > *version && desk.lock.entry(name, version).is_none();
    if let Some(newest) = desk.lock.newest(name).filter(newer).filter(|_| !downgrade) {
        let (name, newest, version) = (name.to_string(), newest.version.clone(), version.clone());
        return Err(CliError::Downgrade { name, newest, version });
    }
    let grant = match desk.lock.check(&bundle) {
        // Whoever agreed to exactly this before is not asked again.
        Ok(agreed) => agreed.grant.clone(),
        Err(_) => granted(desk, &bundle, consent)?,
    };
    // Compiled before it is installed: what does not load is not there.
    let connector = Installed::runtime(&desk.places.state)?.load(&bundle)?;
    match desk.connectors.install(&bundle) {
        // What was agreed to, to the byte, takes the place of what is not that any more.
        Err(_) if desk.lock.check(&bundle).is_ok() => desk.connectors.restore(&bundle)?,
        installed => installed?,
    };
    desk.lock.pin(&bundle, grant);
    let placed = Placed { bundle, connector };
    desk.agree("connector.installed", placed.json())?;
    Ok(placed)
}

/// What the operator grants: everything to the first version, and to a later one what the one before has, with what was said to the rest.
fn granted(desk: &Desk<'_>, bundle: &VerifiedBundle, consent: &Consent<'_>) -> Result<Grant, CliError> {
    let manifest = bundle.manifest();
    let title = format!("{} {}", manifest.name, manifest.version);
    let Some((agreed, before)) = previous(desk, manifest) else {
        let mut grant = Grant::all(manifest);
        if let Some(only) = consent.only {
            grant.retain_methods(only);
        }
        if !consent.yes {
            let what = wants::identity(bundle) + &wants::everything(manifest);
            anstream::eprint!("{}Signed by {} ({}).\n", safe(&what), bundle.publisher(), bundle.key());
        }
        context::confirm(desk.general, consent.yes, "installing a connector", &format!("Install {title} and grant this?"))?;
        return Ok(grant);
    };
    let mut grant = agreed.grant.clone();
    // What was asked for before and not granted stays so; only what is new is a question.
    let wishes = Grant::all(&before).missing(manifest);
    if wishes.is_empty() {
        let question = format!("{} {title}, which wants no more than {}?", consent.question, agreed.version);
        context::confirm(desk.general, consent.yes, "installing a connector", &question)?;
        return Ok(grant);
    }
    if !consent.more {
        let refused = |error: CliError| match error {
            CliError::NobodyToAsk { .. } => CliError::WantsMore { title: title.clone(), wishes: shown(&wishes) },
            other => other,
        };
        anstream::eprint!("{}", safe(&(wants::identity(bundle) + &wants::more(&wishes))));
        let question = format!("{} {title} and grant this too?", consent.question);
        context::confirm(desk.general, false, "granting more", &question).map_err(refused)?;
    }
    wishes.iter().for_each(|wish| grant.add(wish));
    if let Some(only) = consent.only {
        grant.retain_methods(only);
    }
    Ok(grant)
}

/// The version in use, or else the newest that was agreed to, with its manifest.
fn previous<'a>(desk: &'a Desk<'_>, manifest: &Manifest) -> Option<(&'a LockedConnector, Manifest)> {
    let used = desk.lock.selection(&manifest.name).map(|selection| &selection.all.version);
    let agreed = used.and_then(|used| desk.lock.entry(&manifest.name, used)).or_else(|| desk.lock.newest(&manifest.name))?;
    // One that is not there any more cannot tell what it asked for: then everything is a question again.
    let bundle = desk.connectors.read(&desk.connectors.installed(&agreed.name, &agreed.version).ok()?).ok()?;
    Some((agreed, bundle.manifest().clone()))
}

fn shown(wishes: &[Wish]) -> Vec<String> {
    wishes.iter().map(ToString::to_string).collect()
}
