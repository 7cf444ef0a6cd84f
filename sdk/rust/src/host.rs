//! The seam to the host: in a component the functions that it imports, in a native test the transport of [`crate::testing`].

#[cfg(target_arch = "wasm32")]
mod seam {
    use crate::bindings::base::innkeeper::connector::{config, http, log, system};

    pub(crate) fn send(request: &http::Request) -> Result<http::Response, http::HttpError> {
        http::send(request)
    }
    pub(crate) fn config() -> String {
        config::get()
    }
    pub(crate) fn log(level: log::Level, message: &str, fields: Vec<log::Field>) {
        log::write(level, message, &fields);
    }
    pub(crate) fn now() -> f64 {
        system::now()
    }
    pub(crate) fn random(length: u32) -> Vec<u8> {
        system::random(length)
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod seam {
    use crate::bindings::base::innkeeper::connector::{http, log};
    use crate::testing;

    pub(crate) fn send(request: &http::Request) -> Result<http::Response, http::HttpError> {
        testing::send(request)
    }
    pub(crate) fn config() -> String {
        testing::config()
    }
    pub(crate) fn log(level: log::Level, message: &str, fields: Vec<log::Field>) {
        testing::log(level, message, fields);
    }
    pub(crate) fn now() -> f64 {
        testing::now()
    }
    pub(crate) fn random(length: u32) -> Vec<u8> {
        testing::random(length)
    }
}

pub(crate) use seam::{config, log, now, random, send};
