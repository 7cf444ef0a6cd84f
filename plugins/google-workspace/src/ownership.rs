//! What a leaver owns goes to somebody else, by the Data Transfer API. Google takes minutes to days for it.

use crate::Workspace;
use crate::settings::Application;
use innkeeper_sdk::http::segment;
use innkeeper_sdk::prelude::*;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// How many applications or transfers Google gives in one page at most.
const PAGE: u32 = 500;

#[derive(Clone, Deserialize)]
struct Installed {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct InstalledPage {
    #[serde(default)]
    applications: Vec<Installed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transfers {
    #[serde(default)]
    data_transfers: Vec<Transfer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transfer {
    id: String,
    #[serde(default)]
    overall_transfer_status_code: String,
    #[serde(default)]
    application_data_transfers: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    #[serde(default)]
    application_id: String,
    #[serde(default)]
    application_transfer_status: String,
}

/// How a transfer is going. Google has more words for "not yet" than are documented.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Running,
    Completed,
    Failed,
}

impl State {
    fn of(code: &str) -> Self {
        match code.to_ascii_lowercase().as_str() {
            "completed" => Self::Completed,
            "failed" => Self::Failed,
            _ => Self::Running,
        }
    }
}

impl Application {
    /// The application's id, which is the same for every customer ("Transfer parameters" in Google's guide). Its name is not: Data
    /// Studio was called Looker Studio for some years.
    fn id(self) -> &'static str {
        match self {
            Self::Drive => "55656082996",
            Self::Calendar => "435070579839",
            Self::DataStudio => "810260081642",
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Drive => &["Drive and Docs", "Google Drive"],
            Self::Calendar => &["Calendar", "Google Calendar"],
            Self::DataStudio => &["Data Studio", "Google Data Studio", "Looker Studio"],
        }
    }

    /// The installed application that this is: by name, or by id where Google renamed it.
    fn among(self, installed: &[Installed]) -> Option<&Installed> {
        let is_called = |found: &&Installed| self.names().iter().any(|name| found.name.eq_ignore_ascii_case(name));
        installed.iter().find(is_called).or_else(|| installed.iter().find(|found| found.id == self.id()))
    }
}

impl Workspace {
    /// Begins a transfer; one between the same two that is under way already is taken up.
    pub(crate) fn transfer_data(&self, from: &str, to: &str) -> Result<Effect> {
        if from == to {
            return Err(Error::invalid("what a user owns cannot go to the same user"));
        }
        if self.settings.transfer.is_empty() {
            return Err(Error::unsupported("the setting `transfer` names no application whose data is to be transferred"));
        }
        if let Some(running) = self.running_transfer(from, to)? {
            return Ok(Effect::Pending(running.id));
        }
        let installed = self.applications()?;
        let parts = self.settings.transfer.iter().map(|wanted| {
            let application = wanted.among(&installed).ok_or_else(|| {
                let name = wanted.names()[0];
                Error::unsupported(format!(
                    "{name} is not among the applications of this customer whose data can be transferred: take it out of `transfer`"
                ))
            })?;
            Ok(json!({ "applicationId": application.id, "applicationTransferParams": self.parameters(*wanted) }))
        });
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let body = json!({ "oldOwnerUserId": from, "newOwnerUserId": to, "applicationDataTransfers": parts });
        let transfer: Transfer =
            self.send(http::post(self.data_transfer("/transfers")).json(&body))?.json().map_err(|error| Error {
                code: ErrorCode::OutcomeUnknown,
                message: format!("the transfer was begun, and Google's answer cannot be read: {}", error.message),
                ..error
            })?;
        Ok(Effect::Pending(transfer.id))
    }

    /// Everything, and not only what Google would take if nothing was said.
    fn parameters(&self, application: Application) -> Json {
        match application {
            Application::Drive => json!([{ "key": "PRIVACY_LEVEL", "value": ["PRIVATE", "SHARED"] }]),
            Application::Calendar if self.settings.release_resources => {
                json!([{ "key": "RELEASE_RESOURCES", "value": ["TRUE"] }])
            }
            Application::Calendar | Application::DataStudio => json!([]),
        }
    }

    fn applications(&self) -> Result<Vec<Installed>> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = http::get(self.data_transfer("/applications"));
            let (page, next) = self.page::<InstalledPage>(request, PAGE, token.as_deref())?;
            all.extend(page.applications);
            match next {
                Some(next) => token = Some(next),
                None => return Ok(all),
            }
        }
    }

    fn running_transfer(&self, from: &str, to: &str) -> Result<Option<Transfer>> {
        let mut token = None;
        loop {
            let request = http::get(self.data_transfer("/transfers")).query("oldOwnerUserId", from).query("newOwnerUserId", to);
            let (page, next) = self.page::<Transfers>(request, PAGE, token.as_deref())?;
            let is_running = |transfer: &Transfer| State::of(&transfer.overall_transfer_status_code) == State::Running;
            if let Some(running) = page.data_transfers.into_iter().find(is_running) {
                return Ok(Some(running));
            }
            match next {
                Some(next) => token = Some(next),
                None => return Ok(None),
            }
        }
    }

    pub(crate) fn poll_transfer(&self, token: &str) -> Result<Effect> {
        let request = http::get(self.data_transfer(&format!("/transfers/{}", segment(token))));
        let transfer: Transfer = self.send(request)?.json()?;
        match State::of(&transfer.overall_transfer_status_code) {
            State::Completed => Ok(Effect::Done),
            State::Running => Ok(Effect::Pending(transfer.id)),
            State::Failed => Err(self.failed(&transfer)),
        }
    }

    fn failed(&self, transfer: &Transfer) -> Error {
        let failed = transfer
            .application_data_transfers
            .iter()
            .filter(|part| State::of(&part.application_transfer_status) == State::Failed);
        let known = [Application::Drive, Application::Calendar, Application::DataStudio];
        let name = |part: &Part| match known.iter().find(|known| known.id() == part.application_id) {
            Some(known) => known.names()[0].to_owned(),
            None => format!("the application {}", part.application_id),
        };
        let names: Vec<_> = failed.map(name).collect();
        let what = if names.is_empty() { "what was asked for".to_owned() } else { names.join(" and ") };
        Error::invalid(format!(
            "Google could not transfer {what} (transfer {}): see Data migration in the Admin console",
            transfer.id
        ))
    }

    /// Whether the transfers can be read at all.
    pub(crate) fn look_at_transfers(&self) -> Result<()> {
        self.page::<InstalledPage>(http::get(self.data_transfer("/applications")), 1, None).map(|_| ())
    }
}
