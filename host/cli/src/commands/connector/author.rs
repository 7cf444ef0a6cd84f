//! What publishers do: `innkeeper connector keygen`, `pack`, `sign`, `verify` and `schema`

use super::desk::Desk;
use super::offered;
use crate::arguments::Login;
use crate::error::CliError;
use crate::reply::Reply;
use innkeeper_bundle::{Bundle, SigningKey, json_schema};
use serde_json::json;
use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

pub(super) fn keygen(out: &Path) -> Result<Reply, CliError> {
    let key = SigningKey::generate()?;
    key.write(out)?;
    let public = key.public().to_string();
    let text = format!(
        "The secret key is in {}: keep it where nobody else reads it.\nThe public key, for those who install what you sign: {public}\n  \
         innkeeper connector trust PUBLISHER {public} --connectors NAME\n",
        out.display()
    );
    Ok(Reply::done(text, &json!({ "secret-key": out, "public-key": public })))
}

pub(super) fn pack(folder: &Path, out: Option<&Path>) -> Result<Reply, CliError> {
    let bundle = Bundle::open(folder)?;
    let path = out.map_or_else(|| file_name(&bundle), Path::to_owned);
    write(&path, &bundle)?;
    let next = match bundle.signature() {
        Some(_) => String::new(),
        None => format!(" Sign it: innkeeper connector sign {}", path.display()),
    };
    let (manifest, digest) = (bundle.manifest(), bundle.digest().to_string());
    let text = format!("Packed {} {} into {} (sha256 {digest}).{next}\n", manifest.name, manifest.version, path.display());
    Ok(Reply::done(text, &json!({ "file": path, "name": manifest.name, "version": manifest.version, "sha256": digest })))
}

pub(super) fn sign(path: &Path, key: &Path) -> Result<Reply, CliError> {
    let key = SigningKey::read(key)?;
    let bundle = Bundle::open(path)?.sign(&key);
    match path.is_dir() {
        true => beside(path, &bundle)?,
        false => write(path, &bundle)?,
    }
    let (manifest, public) = (bundle.manifest(), key.public().to_string());
    let text = format!("Signed {} {} with {public}.\n", manifest.name, manifest.version);
    Ok(Reply::done(text, &json!({ "name": manifest.name, "version": manifest.version, "key": public })))
}

pub(super) fn verify(desk: &Desk<'_>, typed: &str) -> Result<Reply, CliError> {
    let bundle = offered::bundle(desk.general, typed, &Login::default())?.verify(&desk.trust, desk.today())?;
    let (manifest, digest) = (bundle.manifest(), bundle.digest().to_string());
    let text = format!(
        "{} {} is what {} signed with {} (sha256 {digest}).\n",
        manifest.name,
        manifest.version,
        bundle.publisher(),
        bundle.key()
    );
    let value = json!({
        "name": manifest.name, "version": manifest.version, "publisher": bundle.publisher(), "key": bundle.key().to_string(), "sha256": digest,
    });
    Ok(Reply::done(text, &value))
}

pub(super) fn schema() -> Result<Reply, CliError> {
    let schema = json_schema();
    Ok(Reply::done(format!("{schema:#}\n"), &schema))
}

/// `crm-1.2.3.tar.zst`, here.
pub(super) fn file_name(bundle: &Bundle) -> PathBuf {
    format!("{}-{}.tar.zst", bundle.manifest().name, bundle.manifest().version).into()
}

/// Writes the packed bundle.
pub(super) fn write(path: &Path, bundle: &Bundle) -> Result<(), CliError> {
    replace(path, &bundle.pack())
}

/// Writes the digest list and its signature into the bundle's own folder.
fn beside(folder: &Path, bundle: &Bundle) -> Result<(), CliError> {
    let mut made = bundle.files().filter(|(name, _)| name.starts_with("SHA256SUMS"));
    made.try_for_each(|(name, bytes)| replace(&folder.join(name), bytes))
}

/// Whole or not at all: a bundle that is half there would be taken for a damaged one.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |error| CliError::File { what: "write", path: path.to_owned(), error };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().permissions(Permissions::from_mode(0o644)).tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
