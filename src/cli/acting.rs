//! Who acts: named on the command line, by the environment, or by the account.

use super::arguments::ActorArguments;
use crate::error::Result;
use crate::registry::Actor;

/// Variable of the environment that names who acts; no secret.
const VARIABLE: &str = "CCI_ACTOR";

/// Variables in which systems name the account.
const ACCOUNTS: [&str; 2] = ["USER", "LOGNAME"];

/// Name of somebody who gave none and whose account has none that fits.
const NOBODY: &str = "unnamed";

impl ActorArguments {
    /// Returns who acts: as `--actor` says, else `CCI_ACTOR`, else the account's name.
    ///
    /// It is what the person at the keyboard says; who may use the account is for the operating
    /// system to see to.
    ///
    /// # Errors
    /// `BadValue` if `CCI_ACTOR` is no name.
    pub(super) fn named(&self) -> Result<Actor> {
        if let Some(actor) = &self.actor {
            return Ok(actor.clone());
        }
        if let Ok(name) = std::env::var(VARIABLE) {
            return name.parse::<Actor>().map_err(|error| error.note(format!("in {VARIABLE}")));
        }
        let account = ACCOUNTS.iter().find_map(|name| std::env::var(name).ok()?.parse().ok());
        account.map_or_else(|| NOBODY.parse(), Ok)
    }
}
