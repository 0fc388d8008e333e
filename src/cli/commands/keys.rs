//! `cci keys`: making keys, examining them, and moving key periods on. No secret is ever shown.

use serde::Serialize;

use crate::cli::arguments::{
    IssuerArguments, KeysCommand, KeysMoveArguments, KeysNewArguments, KeysWrapArguments,
};
use crate::cli::console::{print, say};
use crate::cli::digest::hexadecimal;
use crate::cli::issuer::Issuer;
use crate::cli::manifest::{instant, to_json};
use crate::cli::passphrases::Passphrases;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{Epoch, EpochState, Kept, OsRandom};
use crate::report::text;

/// Runs the command.
///
/// # Errors
/// `BadKey`, `BadStore`, `OutputExists` or `Unwritable` for keys and vaults that cannot be used
/// or made; `GateNotMet` if `show` finds a key file that would not be used.
pub(in crate::cli) fn run(command: &KeysCommand, json: bool) -> Result<()> {
    match command {
        KeysCommand::New(options) => new(options, json),
        KeysCommand::Show(options) => show(options, json),
        KeysCommand::Wrap(options) => wrap(options, json),
        KeysCommand::Unwrap(options) => unwrap(options, json),
        KeysCommand::States(options) => states(options, json),
        KeysCommand::Move(options) => move_on(options, json),
    }
}

/// A key that was made, or an epoch that was moved.
#[derive(Serialize)]
struct Done {
    scope: Option<String>,
    epoch: Option<u8>,
    state: Option<&'static str>,
    fingerprint: Option<String>,
}

/// Nothing was done to a scope or an epoch.
const NOTHING: Done = Done { scope: None, epoch: None, state: None, fingerprint: None };

fn wrap(options: &KeysWrapArguments, json: bool) -> Result<()> {
    let issuer = Issuer::at(&options.issuer)?;
    issuer.change_keys("keys wrap", None, |keys| {
        // The key first: whoever cannot open it need not think of a new passphrase.
        keys.root()?;
        keys.wrap(Passphrases::from(options.new_passphrase_file.as_deref()).new_one()?)
    })?;
    let line = "the root key is wrapped; copies made before are not, and a lost passphrase cannot \
                be had back";
    say(&NOTHING, line, json)
}

fn unwrap(options: &IssuerArguments, json: bool) -> Result<()> {
    Issuer::at(options)?.change_keys("keys unwrap", None, |keys| keys.unwrap_root())?;
    say(&NOTHING, "the root key is in clear: whoever reads its file has it", json)
}

fn new(options: &KeysNewArguments, json: bool) -> Result<()> {
    let issuer = Issuer::at(&options.issuer)?;
    let Some(scope) = &options.scope else {
        // Whoever names a passphrase's file wants the key wrapped, said or not.
        let file = options.issuer.passphrase_file.as_deref();
        let wrapped = options.passphrase || file.is_some();
        let passphrase = wrapped.then(|| Passphrases::from(file).new_one()).transpose()?;
        let kept = if wrapped { "wrapped root key" } else { "root key" };
        issuer.create(passphrase)?;
        return say(&NOTHING, &format!("made a {kept} and a vault in {}", issuer.shown()), json);
    };
    let (epoch, fingerprint) = issuer.plan(scope, &mut OsRandom)?;
    let done = Done {
        scope: Some(scope.to_string()),
        epoch: Some(epoch.number()),
        state: Some(EpochState::Pending.name()),
        fingerprint: Some(hexadecimal(&fingerprint)),
    };
    let number = epoch.number();
    let line = format!(
        "made epoch {number} of {scope}, pending; next: cci keys move {scope} {number} active"
    );
    say(&done, &line, json)
}

fn move_on(options: &KeysMoveArguments, json: bool) -> Result<()> {
    let (scope, epoch) = (&options.scope, Epoch::new(options.epoch)?);
    let to = EpochState::find(&options.state).ok_or_else(|| {
        let known = EpochState::ALL.iter().skip(1).map(|state| state.name());
        Error::unknown_name("state", &options.state, known)
    })?;
    Issuer::at(&options.issuer)?.move_epoch(scope, epoch, to)?;
    let done = Done {
        scope: Some(scope.to_string()),
        epoch: Some(epoch.number()),
        state: Some(to.name()),
        fingerprint: None,
    };
    say(&done, &format!("{scope} epoch {} is {to}", epoch.number()), json)
}

/// What a key file says of itself.
#[derive(Serialize)]
struct Examined {
    file: String,
    fit: bool,
    wrapped: Option<bool>,
    purpose: Option<String>,
    check_value: Option<String>,
    reason: Option<String>,
}

fn show(options: &IssuerArguments, json: bool) -> Result<()> {
    let issuer = Issuer::at(options)?;
    let examined: Vec<Examined> = issuer
        .keys()
        .examine()?
        .into_iter()
        .map(|(file, found)| match found {
            Ok(key) => Examined {
                file,
                fit: true,
                wrapped: Some(key.kept == Kept::Wrapped),
                purpose: Some(key.purpose),
                check_value: Some(key.check_value),
                reason: None,
            },
            Err(error) => Examined {
                file,
                fit: false,
                wrapped: None,
                purpose: None,
                check_value: None,
                reason: Some(error.message().to_string()),
            },
        })
        .collect();
    if json {
        print(&to_json(&examined)?);
    } else {
        let rows = examined.iter().map(|key| {
            vec![
                key.file.clone(),
                key.purpose.clone().unwrap_or_else(|| "not used".into()),
                key.wrapped.map_or("", |is| if is { "wrapped" } else { "in clear" }).into(),
                key.check_value.clone().or_else(|| key.reason.clone()).unwrap_or_default(),
            ]
        });
        print(&text::aligned(&["File", "For", "Kept", "Check value"], rows));
    }
    let unfit = examined.iter().filter(|key| !key.fit).count();
    if unfit == 0 {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::GateNotMet,
        format!("{unfit} of {} key files would not be used", examined.len()),
    )
    .help("mend what the list says of each, or restore the file from its backup"))
}

/// One epoch as it is listed.
#[derive(Serialize)]
struct Listed {
    scope: String,
    epoch: u8,
    state: &'static str,
    since: Option<String>,
    fingerprint: String,
    pseudonyms: u64,
    secret: &'static str,
}

fn states(options: &IssuerArguments, json: bool) -> Result<()> {
    let issuer = Issuer::at(options)?;
    let registry = issuer.open()?;
    // The list is for publishing: nobody is asked for a passphrase to make it.
    let root = issuer.open_root(options.passphrase_file.as_deref())?;
    let counts = registry.counts()?.pseudonyms;
    let listed: Vec<Listed> = registry
        .epochs()?
        .into_iter()
        .map(|known| Listed {
            pseudonyms: counts
                .iter()
                .find(|of| of.scope == known.scope && of.epoch == known.epoch)
                .map_or(0, |of| of.count),
            secret: issuer.secret_of(&known, root),
            scope: known.scope.to_string(),
            epoch: known.epoch.number(),
            state: known.state.name(),
            since: instant(known.moved_at),
            fingerprint: hexadecimal(&known.fingerprint),
        })
        .collect();
    if json {
        print(&to_json(&listed)?);
        return Ok(());
    }
    let rows = listed.iter().map(|epoch| {
        vec![
            epoch.scope.clone(),
            epoch.epoch.to_string(),
            epoch.state.into(),
            epoch.since.clone().unwrap_or_else(|| "unknown".into()),
            epoch.fingerprint.clone(),
            text::count(epoch.pseudonyms),
            epoch.secret.into(),
        ]
    });
    let header = ["Scope", "Epoch", "State", "Since", "Fingerprint", "Pseudonyms", "Secret"];
    print(&text::aligned(&header, rows));
    Ok(())
}
