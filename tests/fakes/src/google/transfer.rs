//! Data transfers: what somebody owns goes to somebody else, which takes its time on the clock.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::page::{Size, page};
use super::refusal::{Outcome, found, invalid, not_found, required, tagged};
use super::users::object;
use super::workspace::{Workspace, written};
use crate::web::Request;

/// Drive and Docs.
pub const DRIVE: u64 = 55_656_082_996;

/// Calendar.
pub const CALENDAR: u64 = 435_070_579_839;

const PAGE: Size = Size { default: 100, maximum: 500 };

#[derive(Debug, Clone)]
pub(super) struct Transfer {
    old_owner: String,
    new_owner: String,
    /// Each with its parameters, as they were sent.
    applications: Vec<(u64, Value)>,
    requested: Timestamp,
}

impl Workspace {
    fn status(&self, transfer: &Transfer) -> &'static str {
        let begins = transfer.requested.as_second() + self.quirks.transfer_starts_after;
        let ends = begins + self.quirks.transfer_takes;
        let now = self.now().as_second();
        // Whoever is deleted before it is done takes the data with them.
        let gone = |id: &String| self.users.get(id).is_none_or(|user| user.deleted.is_some_and(|at| at.as_second() < ends));
        if gone(&transfer.old_owner) || gone(&transfer.new_owner) {
            "failed"
        } else if now < begins {
            "new"
        } else if now < ends {
            "inProgress"
        } else if self.quirks.transfers_fail {
            "failed"
        } else {
            "completed"
        }
    }

    /// Every transfer: from whom, to whom, and how far it is.
    #[must_use]
    pub fn transfers(&self) -> Vec<(String, String, String)> {
        let row =
            |transfer: &Transfer| (transfer.old_owner.clone(), transfer.new_owner.clone(), self.status(transfer).to_owned());
        self.transfers.values().map(row).collect()
    }

    fn shown_transfer(&self, id: &str, transfer: &Transfer) -> Value {
        let status = self.status(transfer);
        let application = |(id, parameters): &(u64, Value)| {
            let mut body = json!({"applicationId": id.to_string(), "applicationTransferStatus": status});
            if !parameters.is_null() {
                body["applicationTransferParams"] = parameters.clone();
            }
            body
        };
        let body = json!({
            "kind": "admin#datatransfer#DataTransfer", "id": id, "oldOwnerUserId": transfer.old_owner,
            "newOwnerUserId": transfer.new_owner, "overallTransferStatusCode": status, "requestTime": written(transfer.requested),
            "applicationDataTransfers": transfer.applications.iter().map(application).collect::<Vec<_>>(),
        });
        tagged(body, "etag")
    }

    pub(super) fn list_applications(&self, request: &Request) -> Outcome {
        self.check_customer(request)?;
        let rows = applications().into_iter().map(|(id, body)| (format!("{id:020}"), body)).collect();
        let (applications, next) = page(rows, false, request, PAGE, self.now())?;
        let mut body = json!({"kind": "admin#datatransfer#applicationsList", "applications": applications});
        if let Some(next) = next {
            body["nextPageToken"] = json!(next);
        }
        Ok(found(&tagged(body, "etag")))
    }

    pub(super) fn get_application(&self, id: &str) -> Outcome {
        let body = applications().into_iter().find(|(number, _)| number.to_string() == id);
        body.map(|(_, body)| found(&body)).ok_or_else(|| not_found("applicationId"))
    }

    fn check_customer(&self, request: &Request) -> Result<(), crate::web::Answer> {
        match request.parameter("customerId") {
            Some(customer) if !self.is_customer(&customer) => Err(not_found("customerId")),
            _ => Ok(()),
        }
    }

    /// Between two users who are there, by id, of applications that are there.
    pub(super) fn insert_transfer(&mut self, request: &Request) -> Outcome {
        let body = object(request)?;
        let owner = |name: &str| {
            let id = body.get(name).and_then(Value::as_str).ok_or_else(|| required(name))?;
            let user = self.find_user(id).filter(|user| user.id == id);
            user.map(|user| user.id.clone()).ok_or_else(|| not_found(name))
        };
        let (old_owner, new_owner) = (owner("oldOwnerUserId")?, owner("newOwnerUserId")?);
        if old_owner == new_owner {
            return Err(invalid("Invalid Input: newOwnerUserId"));
        }
        let asked = body.get("applicationDataTransfers").and_then(Value::as_array).filter(|list| !list.is_empty());
        let mut wanted = Vec::new();
        for entry in asked.ok_or_else(|| required("applicationDataTransfers"))? {
            let id: Option<u64> = entry["applicationId"].as_str().and_then(|id| id.parse().ok());
            let id = id.filter(|id| [DRIVE, CALENDAR].contains(id)).ok_or_else(|| not_found("applicationId"))?;
            wanted.push((id, entry["applicationTransferParams"].clone()));
        }
        let id = format!("AKrEtQ{:08x}", self.number() * 7_919_017);
        let transfer = Transfer { old_owner, new_owner, applications: wanted, requested: self.now() };
        self.transfers.insert(id.clone(), transfer);
        self.get_transfer(&id)
    }

    pub(super) fn get_transfer(&self, id: &str) -> Outcome {
        let transfer = self.transfers.get(id).ok_or_else(|| not_found("dataTransferId"))?;
        Ok(found(&self.shown_transfer(id, transfer)))
    }

    pub(super) fn list_transfers(&self, request: &Request) -> Outcome {
        self.check_customer(request)?;
        let asked = |name: &str| request.parameter(name);
        let (old, new, status) = (asked("oldOwnerUserId"), asked("newOwnerUserId"), asked("status"));
        let listed = |transfer: &Transfer| {
            let same = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
            same(&old, &transfer.old_owner) && same(&new, &transfer.new_owner) && same(&status, self.status(transfer))
        };
        let rows = self.transfers.iter().filter(|(_, transfer)| listed(transfer));
        let rows = rows.map(|(id, transfer)| (id.clone(), self.shown_transfer(id, transfer))).collect();
        let (transfers, next) = page(rows, false, request, PAGE, self.now())?;
        let mut body = json!({"kind": "admin#datatransfer#dataTransfersList"});
        if !transfers.is_empty() {
            body["dataTransfers"] = json!(transfers);
        }
        if let Some(next) = next {
            body["nextPageToken"] = json!(next);
        }
        Ok(found(&tagged(body, "etag")))
    }
}

fn applications() -> [(u64, Value); 2] {
    let application = |id: u64, name: &str, key: &str, values: &[&str]| {
        let parameter = json!({"key": key, "value": values});
        let body = json!({
            "kind": "admin#datatransfer#ApplicationResource", "id": id.to_string(), "name": name, "transferParams": [parameter]
        });
        (id, tagged(body, "etag"))
    };
    [
        application(DRIVE, "Drive and Docs", "PRIVACY_LEVEL", &["PRIVATE", "SHARED"]),
        application(CALENDAR, "Calendar", "RELEASE_RESOURCES", &["TRUE", "FALSE"]),
    ]
}
