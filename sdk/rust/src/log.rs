//! What the connector tells the operator: `log::warn!("the group has no name"; "id" = id)`.

use crate::host;

use crate::bindings::base::innkeeper::connector::log::Field;
pub use crate::bindings::base::innkeeper::connector::log::Level;

/// Writes one line with structured fields. Bounded by the host: beyond its limit lines are dropped and counted.
pub fn write(level: Level, message: &str, fields: &[(&str, String)]) {
    let fields = fields.iter().map(|(name, value)| Field { name: (*name).to_owned(), value: value.clone() }).collect();
    host::log(level, message, fields);
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    ($level:ident, $format:literal $(, $argument:expr)* $(; $($name:literal = $value:expr),+ $(,)?)?) => {
        $crate::log::write(
            $crate::log::Level::$level,
            &format!($format $(, $argument)*),
            &[$($(($name, ($value).to_string())),+)?],
        )
    };
}

macro_rules! levels {
    ($dollar:tt $($name:ident $hidden:ident $level:ident $doc:literal;)*) => {
        $(
            #[doc(hidden)]
            #[macro_export]
            macro_rules! $hidden { ($dollar($dollar rest:tt)*) => { $dollar crate::__log!($level, $dollar($dollar rest)*) }; }
            #[doc = $doc]
            #[doc(inline)]
            pub use $hidden as $name;
        )*
    };
}

levels! { $
    debug __log_debug Debug "For somebody who looks for a fault.";
    info __log_info Info "Worth knowing.";
    warn __log_warn Warn "Something is odd and the work goes on.";
    error __log_error Error "Something does not work.";
}
