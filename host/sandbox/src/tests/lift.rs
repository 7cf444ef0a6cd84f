//! Accounts that are lifted straight into the engine's types are those that the generated types would give, and what those refuse is refused.
//!
//! A guest answers `list` and `find` with the same 4 KiB, which the test makes: `list` is lifted by us, `find` by wasmtime.

use super::attack::{Attack, tight};
use super::*;
use crate::bindings::{accounts, types};
use innkeeper_domain::{Account, AttributeName};
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::Cell;
use std::sync::Mutex;
use wasmtime::component::__internal::{CanonicalAbiInfo, ComponentVariant};
use wasmtime::component::ComponentType;

/// Where the guest has the answer.
const ANSWER: usize = 4096;

/// How large it is.
const SIZE: usize = 4096;

const IMPORTS: &str = r#"(import "innkeeper:connector/system@0.1.0" "random" (func $random (param i32 i32)))"#;

/// The others of the interface, with as many parameters as the contract gives them.
fn listing() -> String {
    let others = [("get", 2), ("get-many", 2), ("create", 15), ("update", 11), ("set-status", 10), ("delete", 9), ("poll", 2)];
    let exported = |name: &str, parameters: usize, body: &str| {
        let parameters = " i32".repeat(parameters);
        format!(
            r#"(func (export "innkeeper:connector/accounts@0.1.0#{name}") (param{parameters}) (result i32) {body})
"#
        )
    };
    let answer = format!("(call $random (i32.const {SIZE}) (i32.const 64)) (i32.const {ANSWER})");
    let others = others.map(|(name, parameters)| exported(name, parameters, "unreachable")).concat();
    others + &exported("list", 3, &answer) + &exported("find", 4, &answer)
}

/// The answer that is given next.
#[derive(Clone, Default)]
struct Given(Arc<Mutex<Vec<u8>>>);

impl Random for Given {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.copy_from_slice(&self.0.lock().expect("nobody panicked"));
        Ok(())
    }
}

/// An answer in the making: what is written, and where there is room.
struct Answering {
    bytes: Vec<u8>,
    next: usize,
}

impl Answering {
    fn room(&mut self, size: usize, align: u32) -> usize {
        let at = self.next.next_multiple_of(align as usize);
        self.next = at + size;
        assert!(self.next <= SIZE, "the answer is too large");
        at
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn pair(&mut self, at: usize, address: usize, length: usize) {
        self.put(at, &(u32::try_from(ANSWER + address).expect("small")).to_le_bytes());
        self.put(at + 4, &u32::try_from(length).expect("small").to_le_bytes());
    }

    fn text(&mut self, at: usize, text: &str) {
        let room = self.room(text.len(), 1);
        self.put(room, text.as_bytes());
        self.pair(at, room, text.len());
    }

    fn option(&mut self, at: usize, text: Option<&str>) {
        if let Some(text) = text {
            self.put(at, &[1]);
            self.text(at + 4, text);
        }
    }

    fn list<T: ComponentType, I>(&mut self, at: usize, items: &[I], each: impl Fn(&mut Self, usize, &I)) {
        let room = self.room(T::SIZE32 * items.len(), T::ALIGN32);
        self.pair(at, room, items.len());
        for (number, item) in items.iter().enumerate() {
            each(self, room + number * T::SIZE32, item);
        }
    }

    fn account(&mut self, at: usize, account: &types::Account) {
        let [id, name, status, attributes, version, invitation, extra] = offsets([
            String::ABI,
            String::ABI,
            types::AccountStatus::ABI,
            Vec::<types::Attribute>::ABI,
            Option::<String>::ABI,
            Option::<types::Invitation>::ABI,
            Vec::<types::Extra>::ABI,
        ]);
        self.text(at + id, &account.id);
        self.text(at + name, &account.unique_name);
        self.put(at + status, &[account.status as u8]);
        self.list::<types::Attribute, _>(at + attributes, &account.attributes, Self::attribute);
        self.option(at + version, account.version.as_deref());
        if let Some(found) = &account.invitation {
            let at = at + invitation;
            self.put(at, &[1]);
            self.option(at + 4, found.expires.as_deref());
            self.option(at + 16, found.failed.as_deref());
        }
        self.list::<types::Extra, _>(at + extra, &account.extra, |answer, at, extra| {
            answer.text(at, &extra.name);
            answer.text(at + 8, &extra.value);
        });
    }

    fn attribute(&mut self, at: usize, attribute: &types::Attribute) {
        self.text(at, &attribute.name);
        self.list::<types::Value, _>(at + 8, &attribute.values, Self::value);
    }

    fn value(&mut self, at: usize, value: &types::Value) {
        let [scalar, label, primary] = offsets([types::Scalar::ABI, Option::<String>::ABI, bool::ABI]);
        let payload = at + scalar + types::Scalar::PAYLOAD_OFFSET32;
        let case = match &value.scalar {
            types::Scalar::Text(text) => (0, self.text(payload, text)).0,
            types::Scalar::Boolean(value) => (1, self.put(payload, &[u8::from(*value)])).0,
            types::Scalar::Integer(value) => (2, self.put(payload, &value.to_le_bytes())).0,
            types::Scalar::Decimal(value) => (3, self.put(payload, &value.to_le_bytes())).0,
            types::Scalar::DateTime(text) => (4, self.text(payload, text)).0,
            types::Scalar::Reference(text) => (5, self.text(payload, text)).0,
        };
        self.put(at + scalar, &[case]);
        self.option(at + label, value.label.as_deref());
        self.put(at + primary, &[u8::from(value.primary)]);
    }
}

fn offsets<const N: usize>(fields: [CanonicalAbiInfo; N]) -> [usize; N] {
    let mut offset = 0;
    fields.map(|field| field.next_field32_size(&mut offset))
}

/// The answer as it lies in memory, and where its list is.
fn laid_out(accounts: &[types::Account]) -> (Vec<u8>, usize) {
    let mut answer = Answering { bytes: vec![0; SIZE], next: 256 };
    let items = <Result<accounts::Page, types::Error> as ComponentVariant>::PAYLOAD_OFFSET32;
    answer.list::<types::Account, _>(items, accounts, Answering::account);
    (answer.bytes, items)
}

fn text() -> impl Strategy<Value = String> {
    "[a-zé界]{0,6}"
}

fn values() -> impl Strategy<Value = types::Value> {
    let scalar = prop_oneof![
        4 => text().prop_map(types::Scalar::Text),
        1 => any::<bool>().prop_map(types::Scalar::Boolean),
        1 => any::<i32>().prop_map(types::Scalar::Integer),
        1 => any::<f64>().prop_map(types::Scalar::Decimal),
        1 => text().prop_map(types::Scalar::DateTime),
        1 => text().prop_map(types::Scalar::Reference),
    ];
    (scalar, proptest::option::of(text()), any::<bool>()).prop_map(|(scalar, label, primary)| types::Value {
        scalar,
        label,
        primary,
    })
}

fn accounts() -> impl Strategy<Value = Vec<types::Account>> {
    use types::AccountStatus::{Active, Gone, Invited, Suspended};
    let status = proptest::sample::select(vec![Invited, Active, Suspended, Gone]);
    let attribute = ("[ab]{1,2}", vec(values(), 0..3)).prop_map(|(name, values)| types::Attribute { name, values });
    let optional = || proptest::option::of(text());
    let invitation =
        proptest::option::of((optional(), optional()).prop_map(|(expires, failed)| types::Invitation { expires, failed }));
    let extra = vec((text(), text()).prop_map(|(name, value)| types::Extra { name, value }), 0..2);
    let account = (text(), text(), status, vec(attribute, 0..4), optional(), invitation, extra).prop_map(
        |(id, unique_name, status, attributes, version, invitation, extra)| types::Account {
            id,
            unique_name,
            status,
            attributes,
            version,
            invitation,
            extra,
        },
    );
    vec(account, 0..4)
}

/// The guest, and what it is to answer.
fn guest() -> (ConnectedApp, Given) {
    let given = Given::default();
    let breaker = BreakerSettings { faults: u32::MAX, ..BreakerSettings::default() };
    let settings = Settings { random: Arc::new(given.clone()), breaker, ..Settings::default() };
    let wasm = Attack { world: "listing", imports: IMPORTS, rest: &listing(), ..Attack::default() }.component();
    (connect(&load(settings, &wasm), json!({}), peer::Peer::silent(), tight()), given)
}

/// What `list` and `find` make of the answer; none for a fault.
fn both(app: &ConnectedApp, given: &Given, bytes: &[u8]) -> [Option<Vec<Account>>; 2] {
    *given.0.lock().expect("nobody panicked") = bytes.to_vec();
    // Empty texts take no room in the guest's memory.
    let (listed, found) = run(async { (app.list_accounts(None).await, app.find_accounts(&AttributeName::from(""), "").await) });
    [listed.result.ok().map(|page| page.items), found.result.ok()]
}

#[test]
fn what_is_lifted_here_is_what_wasmtime_lifts() {
    let (app, given) = guest();
    proptest!(|(accounts in accounts())| {
        let (bytes, _) = laid_out(&accounts);
        let [listed, found] = both(&app, &given, &bytes);
        prop_assert_eq!(listed.as_ref().map(Vec::len), Some(accounts.len()));
        prop_assert_eq!(listed, found);
    });
}

#[test]
fn what_wasmtime_refuses_is_refused_here_and_nothing_else() {
    let (app, given) = guest();
    let (refused, taken) = (Cell::new(0), Cell::new(0));
    proptest!(|(accounts in accounts(), wrong in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4))| {
        let (mut bytes, items) = laid_out(&accounts);
        // Where most of it is, but not what follows the list, of which `find` knows nothing.
        let used: Vec<usize> = (0..items + 8).chain(256..1024).collect();
        for (place, byte) in wrong {
            bytes[used[place.index(used.len())]] = byte;
        }
        let [listed, found] = both(&app, &given, &bytes);
        let counter = if found.is_none() { &refused } else { &taken };
        counter.set(counter.get() + 1);
        prop_assert_eq!(listed, found);
    });
    assert!(refused.get() > 20 && taken.get() > 20, "{refused:?} were refused, {taken:?} were taken");
}
