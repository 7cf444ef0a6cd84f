//! A user of the workspace as a resource of SCIM, and back.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::scim::Refused;
use super::state::{Kind, State, User};
use crate::scim::{ENTERPRISE_USER, USER};

/// Slack's extension for guests.
pub(super) const GUEST: &str = "urn:ietf:params:scim:schemas:extension:slack:guest:2.0:User";
/// So long is a user name at most.
const LONGEST: usize = 21;

/// What a request says about a guest. None is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Guest {
    pub(super) kind: Option<Kind>,
    pub(super) expires: Option<Option<i64>>,
    pub(super) channels: Vec<String>,
}

fn refuse(status: u16, description: &str) -> Refused {
    (status, description.to_owned())
}

/// A user before anything is said about the person.
pub(super) fn blank(now: Timestamp) -> User {
    User {
        id: String::new(),
        name: String::new(),
        email: None,
        given_name: String::new(),
        family_name: String::new(),
        display_name: String::new(),
        title: String::new(),
        active: true,
        in_workspace: true,
        invited: false,
        kind: Kind::Member,
        admin: false,
        owner: false,
        guest_expires: None,
        sessions: Vec::new(),
        attributes: Map::new(),
        created: now,
        updated: now,
    }
}

/// What a client can change, in SCIM's names.
pub(super) fn writable(user: &User) -> Map<String, Value> {
    let mut object = user.attributes.clone();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("userName", user.name.as_str().into());
    put("displayName", user.display_name.as_str().into());
    put("title", user.title.as_str().into());
    put("active", user.active.into());
    put("name", json!({ "givenName": user.given_name, "familyName": user.family_name }));
    put("emails", user.email.iter().map(|email| json!({ "value": email, "type": "work", "primary": true })).collect());
    object
}

/// The resource.
pub(super) fn shown(user: &User, state: &State, base: &str) -> Value {
    let mut schemas = vec![USER];
    let mut shown = Map::new();
    if user.attributes.contains_key(ENTERPRISE_USER) {
        schemas.push(ENTERPRISE_USER);
    }
    if user.is_guest() {
        schemas.push(GUEST);
    }
    shown.insert("schemas".to_owned(), schemas.into());
    shown.insert("id".to_owned(), user.id.as_str().into());
    let meta = json!({ "created": user.created.to_string(), "location": format!("{base}/scim/v2/Users/{}", user.id) });
    shown.insert("meta".to_owned(), meta);
    shown.extend(writable(user));
    shown.entry("nickName").or_insert_with(|| user.name.as_str().into());
    shown.entry("timezone").or_insert_with(|| "Europe/Amsterdam".into());
    shown.insert("profileUrl".to_owned(), format!("https://acme.slack.com/team/{}", user.name).into());
    let photo = format!("https://secure.gravatar.com/avatar/{}.jpg", user.id.to_lowercase());
    shown.entry("photos").or_insert_with(|| json!([{ "value": photo, "type": "photo" }]));
    let groups = state.scim_groups.values().filter(|group| group.members.contains(&user.id));
    shown.insert("groups".to_owned(), groups.map(|group| json!({ "value": group.id, "display": group.name })).collect());
    if user.is_guest() {
        let channels = state.channels.values().filter(|channel| channel.members.contains(&user.id));
        let expires = user.guest_expires.and_then(|at| Timestamp::from_second(at).ok());
        let mut guest = json!({
            "type": if user.kind == Kind::SingleChannelGuest { "single" } else { "multi" },
            "channels": channels.map(|channel| json!({ "value": channel.id, "display": channel.name })).collect::<Vec<_>>(),
        });
        if let Some(expires) = expires {
            guest["expiration"] = expires.to_string().into();
        }
        shown.insert(GUEST.to_owned(), guest);
    }
    shown.into()
}

/// Puts the values of a checked resource into a user.
pub(super) fn write(user: &mut User, mut object: Map<String, Value>, state: &State) -> Result<(), Refused> {
    let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    let emails = object.remove("emails");
    let emails = emails.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let primary = emails.iter().find(|email| email["primary"] == true).or_else(|| emails.first());
    let email = primary.and_then(|email| email["value"].as_str()).filter(|email| email.contains('@'));
    let email = email.ok_or_else(|| refuse(400, "at_least_one_email_required"))?;
    if state.by_email(email).is_some_and(|other| other.id != user.id) {
        return Err(refuse(409, "email_taken"));
    }
    let name = text(object.remove("userName"));
    if !name.eq_ignore_ascii_case(&user.name) {
        // An address is made into a name that nobody has; any other name has to be a good one.
        user.name = if name.contains('@') { state.free_name(&name) } else { checked(&name, &user.id, state)? };
    }
    user.email = Some(email.to_owned());
    user.display_name = text(object.remove("displayName"));
    user.title = text(object.remove("title"));
    if let Some(active) = object.remove("active").and_then(|active| active.as_bool()) {
        user.active = active;
    }
    let mut full = object.remove("name").unwrap_or_default();
    user.given_name = text(full.get_mut("givenName").map(Value::take));
    user.family_name = text(full.get_mut("familyName").map(Value::take));
    user.attributes = object;
    Ok(())
}

fn checked(name: &str, id: &str, state: &State) -> Result<String, Refused> {
    let name = name.to_lowercase();
    if name.is_empty() || name.chars().count() > LONGEST || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    {
        return Err(refuse(400, "invalid_username"));
    }
    if state.users.values().any(|other| other.id != id && other.name == name) {
        return Err(refuse(409, "username_taken"));
    }
    Ok(name)
}

/// Takes the extension for guests out of a resource.
pub(super) fn take_guest(body: &mut Value) -> Result<Option<Guest>, Refused> {
    let Some(extension) = body.as_object_mut().and_then(|body| body.remove(GUEST)) else { return Ok(None) };
    let mut guest = Guest::default();
    for (name, value) in extension.as_object().into_iter().flatten() {
        say(&mut guest, name, value)?;
    }
    Ok(Some(guest))
}

/// Takes the operations on the extension for guests out of a PATCH.
pub(super) fn take_guest_operations(body: &mut Value) -> Result<Option<Guest>, Refused> {
    let Some(operations) = body.get_mut("Operations").and_then(Value::as_array_mut) else { return Ok(None) };
    let mut said: Option<Guest> = None;
    let mut kept = Vec::new();
    for mut operation in std::mem::take(operations) {
        let path = operation.get("path").and_then(Value::as_str).unwrap_or_default().to_owned();
        let removes = operation["op"].as_str().is_some_and(|op| op.eq_ignore_ascii_case("remove"));
        match path.strip_prefix(GUEST).map(|rest| rest.trim_start_matches(':')) {
            Some("") if removes => {
                let guest = said.get_or_insert_default();
                (guest.kind, guest.expires) = (Some(Kind::Member), Some(None));
            }
            Some("") => {
                let mut whole = json!({ GUEST: operation["value"].take() });
                merge(&mut said, take_guest(&mut whole)?);
            }
            Some(name) => {
                let value = if removes { Value::Null } else { operation["value"].take() };
                say(said.get_or_insert_default(), name, &value)?;
            }
            None => {
                if let Some(value) = operation.get_mut("value").filter(|_| path.is_empty()) {
                    merge(&mut said, take_guest(value)?);
                }
                let empty = operation.get("value").and_then(Value::as_object).is_some_and(Map::is_empty);
                if !empty {
                    kept.push(operation);
                }
            }
        }
    }
    *operations = kept;
    Ok(said)
}

fn merge(said: &mut Option<Guest>, more: Option<Guest>) {
    let Some(more) = more else { return };
    let guest = said.get_or_insert_default();
    guest.kind = more.kind.or(guest.kind);
    guest.expires = more.expires.or(guest.expires);
    guest.channels.extend(more.channels);
}

fn say(guest: &mut Guest, name: &str, value: &Value) -> Result<(), Refused> {
    match (name, value) {
        ("type", Value::Null) => guest.kind = Some(Kind::Member),
        ("type", value) => {
            guest.kind = Some(match value.as_str() {
                Some("multi") => Kind::MultiChannelGuest,
                Some("single") => Kind::SingleChannelGuest,
                _ => return Err(refuse(400, "invalid_guest_type")),
            });
        }
        ("expiration", Value::Null) => guest.expires = Some(None),
        ("expiration", value) => {
            let at = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
            guest.expires = Some(Some(at.ok_or_else(|| refuse(400, "invalid_guest_expiration"))?.as_second()));
        }
        ("channels", value) => {
            let channels = value.as_array().into_iter().flatten().filter_map(|channel| channel["value"].as_str());
            guest.channels.extend(channels.map(str::to_owned));
        }
        _ => return Err(refuse(400, "invalid_guest_attribute")),
    }
    Ok(())
}
