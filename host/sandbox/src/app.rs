//! A connector connected to an app: what the rest of the house calls.

mod accounts;
mod call;
mod entitlements;
mod lifecycle;
mod people;

use crate::answer::{Answer, Status};
use crate::breaker::Breaker;
use crate::connector::Compiled;
use crate::convert::{self, AttributeTypes};
use crate::guest::Surroundings;
use crate::{Capabilities, Limits};
use call::{Operation, call};
use innkeeper_domain::Description;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// A connector connected to an app. Cheap to clone; all clones share one breaker.
///
/// Every method runs in a store and an instance of its own, so nothing is left over from one call to the next. Methods of an
/// interface that the connector does not export answer `unsupported`. Dropping a future stops the guest; the caller then cannot
/// know whether a write was carried out.
#[derive(Clone)]
pub struct ConnectedApp(Arc<Connected>);

struct Connected {
    connector: Arc<Compiled>,
    surroundings: Arc<Surroundings>,
    breaker: Breaker,
    /// From the last description: what text is when it goes out.
    attribute_types: RwLock<Arc<AttributeTypes>>,
}

impl ConnectedApp {
    pub(crate) fn new(connector: Arc<Compiled>, surroundings: Surroundings) -> Self {
        let breaker = Breaker::new(connector.runtime.breaker);
        Self(Arc::new(Connected { connector, surroundings: Arc::new(surroundings), breaker, attribute_types: RwLock::default() }))
    }

    /// The app's name, or the source's.
    pub fn name(&self) -> &str {
        &self.0.surroundings.app
    }

    /// What the connector exports.
    pub fn capabilities(&self) -> &Capabilities {
        &self.0.connector.capabilities
    }

    /// What one call may use.
    pub fn limits(&self) -> &Limits {
        &self.0.surroundings.limits
    }

    /// What the app is like. May send requests. Later writes send text as the types that this names: call it once before writing.
    pub async fn describe(&self) -> Answer<Description> {
        let answer = call!(self, connector, Operation::read("connector.describe"), |guest, store| guest.call_describe(store));
        let declared = self.0.connector.kinds.as_deref();
        let answer = answer.and_then(|description| convert::description(description, declared));
        if let Ok(description) = &answer.result {
            let types = Arc::new(AttributeTypes::of(description));
            *self.0.attribute_types.write().unwrap_or_else(PoisonError::into_inner) = types;
        }
        answer
    }

    /// What works now, with these credentials. Sends requests and changes nothing.
    pub async fn probe(&self) -> Answer<Status> {
        call!(self, connector, Operation::read("connector.probe"), |guest, store| guest.call_probe(store))
            .map(convert::probe_status)
    }

    fn attribute_types(&self) -> Arc<AttributeTypes> {
        self.0.attribute_types.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for ConnectedApp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ConnectedApp({}: {})", self.name(), self.0.connector.label)
    }
}
