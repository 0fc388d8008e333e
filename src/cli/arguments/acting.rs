//! Who acts, as it may be typed with every command that is recorded.

use clap::Args;

use crate::registry::Actor;

/// Who acts.
#[derive(Debug, Default, Args)]
pub(in crate::cli) struct ActorArguments {
    /// Who acts, for the record: a staff name, never a child's; CCI_ACTOR or the account if left out
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) actor: Option<Actor>,
}
