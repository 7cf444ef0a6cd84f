//! What an operator grants to a connector, of what its manifest asks for.

use crate::{CredentialRequest, HostRequest, Limits, Manifest, Method, Scheme, Template};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What a connector may do. What it does is what its manifest asks for *and* this grants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The requests that it may send.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostRequest>,
    /// The credential slots that it may use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub credentials: BTreeMap<String, GrantedCredential>,
    /// What it gets of the limits that it asks for.
    #[serde(default, skip_serializing_if = "Limits::is_default")]
    pub limits: Limits,
}

/// A credential slot that may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GrantedCredential {
    /// How the credential may be sent.
    pub schemes: Vec<Scheme>,
    /// Where it may be exchanged for access tokens: whoever is there sees what it is exchanged with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_url: Option<Template>,
}

/// One thing that a manifest asks for and a grant does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wish {
    /// Requests that it may not send.
    Reach {
        /// The host and path.
        url: Template,
        /// The methods that are not granted.
        methods: Vec<Method>,
    },
    /// A credential slot that it may not use, or not so.
    Credential {
        /// The slot.
        slot: String,
        /// How the credential would be sent.
        schemes: Vec<Scheme>,
        /// Where it would be exchanged.
        token_url: Option<Template>,
    },
    /// A limit that is larger than what it gets.
    Limit {
        /// The limit, as the manifest calls it.
        name: &'static str,
        /// What it asks for.
        asked: u32,
        /// What it gets; none where it gets the host's default.
        granted: Option<u32>,
    },
}

impl Grant {
    /// Everything that a manifest asks for.
    pub fn all(manifest: &Manifest) -> Self {
        let credential = |request: &CredentialRequest| GrantedCredential {
            schemes: request.schemes.clone(),
            token_url: request.token_url.clone(),
        };
        Self {
            hosts: manifest.hosts.clone(),
            credentials: manifest.credentials.iter().map(|(slot, request)| (slot.clone(), credential(request))).collect(),
            limits: manifest.limits,
        }
    }

    /// What the manifest asks for beyond this.
    pub fn missing(&self, manifest: &Manifest) -> Vec<Wish> {
        let hosts = manifest.hosts.iter().filter_map(|host| {
            let methods: Vec<Method> = host.methods.iter().copied().filter(|method| !self.reaches(&host.url, *method)).collect();
            (!methods.is_empty()).then(|| Wish::Reach { url: host.url.clone(), methods })
        });
        let credentials =
            manifest.credentials.iter().filter(|(slot, request)| !self.uses(slot, request)).map(|(slot, request)| {
                Wish::Credential { slot: slot.clone(), schemes: request.schemes.clone(), token_url: request.token_url.clone() }
            });
        let limits = manifest.limits.asked().into_iter().zip(self.limits.asked()).filter_map(|((name, asked), (_, granted))| {
            let asked = asked.filter(|asked| granted.is_none_or(|granted| *asked > granted))?;
            Some(Wish::Limit { name, asked, granted })
        });
        hosts.chain(credentials).chain(limits).collect()
    }

    /// Grants these methods at and below a URL.
    pub fn allow(&mut self, url: &Template, methods: &[Method]) {
        match self.hosts.iter_mut().find(|host| host.url == *url) {
            Some(host) => {
                host.methods.extend(methods);
                host.methods.sort();
                host.methods.dedup();
            }
            None => self.hosts.push(HostRequest { url: url.clone(), methods: methods.to_vec() }),
        }
    }

    /// Grants one thing that was missing.
    pub fn add(&mut self, wish: &Wish) {
        match wish {
            Wish::Reach { url, methods } => self.allow(url, methods),
            Wish::Credential { slot, schemes, token_url } => {
                let granted = GrantedCredential { schemes: schemes.clone(), token_url: token_url.clone() };
                self.credentials.insert(slot.clone(), granted);
            }
            Wish::Limit { name, asked, .. } => {
                if let Some(slot) = self.limits.slot(name) {
                    *slot = Some(*asked);
                }
            }
        }
    }

    /// Grants of what is granted only requests with these methods.
    pub fn retain_methods(&mut self, methods: &[Method]) {
        for host in &mut self.hosts {
            host.methods.retain(|method| methods.contains(method));
        }
        self.hosts.retain(|host| !host.methods.is_empty());
    }

    /// Takes methods at and below a URL away again; says whether any was granted.
    pub fn deny(&mut self, url: &Template, methods: &[Method]) -> bool {
        let mut denied = false;
        for host in self.hosts.iter_mut().filter(|host| host.url == *url) {
            let before = host.methods.len();
            host.methods.retain(|method| !methods.contains(method));
            denied |= host.methods.len() < before;
        }
        self.hosts.retain(|host| !host.methods.is_empty());
        denied
    }

    /// Whether the slot may be used as the manifest asks for.
    pub fn uses(&self, slot: &str, request: &CredentialRequest) -> bool {
        self.credentials.get(slot).is_some_and(|granted| {
            request.schemes.iter().all(|scheme| granted.schemes.contains(scheme)) && granted.token_url == request.token_url
        })
    }

    /// The limits that the manifest asks for, and no more of each than is granted.
    pub fn limits(&self, manifest: &Manifest) -> Limits {
        manifest.limits.at_most(&self.limits)
    }

    fn reaches(&self, url: &Template, method: Method) -> bool {
        self.hosts.iter().any(|host| host.url == *url && host.methods.contains(&method))
    }
}

impl Limits {
    /// Every limit with the name that the manifest gives it. One that is added has to be put here too, or this does not compile.
    pub fn asked(&self) -> [(&'static str, Option<u32>); 6] {
        let Self { memory_mb, call_seconds, cpu_seconds, requests, response_mb, transfer_mb } = *self;
        [
            ("memory-mb", memory_mb),
            ("call-seconds", call_seconds),
            ("cpu-seconds", cpu_seconds),
            ("requests", requests),
            ("response-mb", response_mb),
            ("transfer-mb", transfer_mb),
        ]
    }

    /// Whether it asks for nothing.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// These limits, each no larger than that of `most`; where `most` has none, the host's default it is.
    fn at_most(&self, most: &Self) -> Self {
        let least = |asked: Option<u32>, most: Option<u32>| asked.zip(most).map(|(asked, most)| asked.min(most));
        Self {
            memory_mb: least(self.memory_mb, most.memory_mb),
            call_seconds: least(self.call_seconds, most.call_seconds),
            cpu_seconds: least(self.cpu_seconds, most.cpu_seconds),
            requests: least(self.requests, most.requests),
            response_mb: least(self.response_mb, most.response_mb),
            transfer_mb: least(self.transfer_mb, most.transfer_mb),
        }
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<u32>> {
        Some(match name {
            "memory-mb" => &mut self.memory_mb,
            "call-seconds" => &mut self.call_seconds,
            "cpu-seconds" => &mut self.cpu_seconds,
            "requests" => &mut self.requests,
            "response-mb" => &mut self.response_mb,
            "transfer-mb" => &mut self.transfer_mb,
            _ => return None,
        })
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reach { url, methods } => {
                let methods: Vec<String> = methods.iter().map(ToString::to_string).collect();
                write!(formatter, "reach {url} with {}", methods.join(", "))
            }
            Self::Credential { slot, schemes, token_url } => {
                let schemes: Vec<String> = schemes.iter().map(ToString::to_string).collect();
                write!(formatter, "use the credential `{slot}` as {}", schemes.join(" or "))?;
                token_url.as_ref().map_or(Ok(()), |url| write!(formatter, ", exchanged for access tokens at {url}"))
            }
            Self::Limit { name, asked, granted: Some(granted) } => write!(formatter, "have {name} {asked} instead of {granted}"),
            Self::Limit { name, asked, granted: None } => write!(formatter, "have {name} {asked} instead of the default"),
        }
    }
}

#[cfg(test)]
mod tests;
