//! Collections of decisions.

use super::{Place, at};
use crate::{AuditEvent, Register, SqliteStore, StoreError};
use serde_json::json;

const PAUSES: Register<String> = Register::new("pause");

fn event() -> AuditEvent {
    AuditEvent { at: at(1), who: "ada".into(), what: "app.paused".into(), subject: json!({ "app": "chat" }) }
}

#[tokio::test]
async fn a_decision_is_found_by_its_key_until_it_is_taken_back() {
    let place = Place::new();
    let store = place.open();
    let store: &dyn crate::Store = &store;
    store.apply(&[PAUSES.put("chat", &"maintenance".into()).unwrap(), PAUSES.put("mail", &"a".into()).unwrap()]).await.unwrap();
    store.apply(&[PAUSES.put("mail", &"b".into()).unwrap()]).await.unwrap();
    assert_eq!(PAUSES.get(store, "mail").await.unwrap().as_deref(), Some("b"));
    store.apply(&[PAUSES.remove("mail"), PAUSES.remove("nothing")]).await.unwrap();
    assert_eq!(PAUSES.all(store).await.unwrap().into_keys().collect::<Vec<_>>(), ["chat"]);
    assert!(Register::<String>::new("other").all(store).await.unwrap().is_empty());
}

#[tokio::test]
async fn somebody_decides_while_another_process_writes_and_it_is_in_the_audit_log() {
    let place = Place::new();
    let store = place.open();
    SqliteStore::decide_beside(place.path(), &[PAUSES.put("chat", &"maintenance".into()).unwrap()], event()).unwrap();
    assert_eq!(PAUSES.get(&store, "chat").await.unwrap().as_deref(), Some("maintenance"));
    assert_eq!(crate::Store::verify_audit(&store).await.unwrap().entries, 1);
}

#[tokio::test]
async fn what_is_not_of_the_type_is_named_by_its_key() {
    let place = Place::new();
    let store = place.open();
    crate::Store::apply(&store, &[Register::<u32>::new("pause").put("chat", &7).unwrap()]).await.unwrap();
    let error = PAUSES.all(&store).await.unwrap_err();
    assert!(matches!(&error, StoreError::Entry { key, .. } if key == "chat"), "{error}");
}
