//! From the command line to an exit status.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use super::arguments::{
    Arguments, CodeCommand, Command, CompareCommand, ExplainCommand, IdCommand,
};
use super::console::Console;
use super::{commands, interrupt};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::panic_is_caught;

/// Runs the command line and returns its exit status.
///
/// 0 done; 1 a gate or check failed; 2 wrong command, option or settings; 3 input unusable;
/// 4 output or store; 70 our bug; 130 stopped by the user.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tell_no_caught_panic();
    interrupt::install();
    let outcome = run(&arguments);
    interrupt::wait_if_stopping();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(error.kind().exit_status())
        }
    }
}

/// Keeps quiet about panics of libraries that become errors about a file.
fn tell_no_caught_panic() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic_is_caught() {
            tell(panic);
        }
    }));
}

fn run(arguments: &Arguments) -> Result<()> {
    let global = &arguments.global;
    if let Some(threads) = global.threads {
        rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global().map_err(
            |_| Error::new(ErrorKind::BadValue, format!("cannot start {threads} threads")),
        )?;
    }
    let bars = !global.no_progress && std::io::stderr().is_terminal();
    let console = Console { quiet: global.quiet, bars };
    let json = global.json;
    match &arguments.command {
        Command::Run(options) => commands::run::run(options, &console, json),
        Command::Generate(options) => commands::generate::run(options, &console, json),
        Command::Init(options) => commands::init::run(options, &console, json),
        Command::Check(options) => commands::check::run(options, &console, json),
        Command::Schema(options) => commands::schema::run(options, &console, json),
        Command::Link(options) => commands::link::run(options, &console, json),
        Command::Find(options) => commands::find::run(options, &console, json),
        Command::Blocking(options) => commands::blocking::run(options, &console, json),
        Command::Comparator(options) => commands::comparator::run(options, &console, json),
        Command::Evaluate(options) => commands::evaluate::run(options, &console, json),
        Command::Compare(options) => match &options.what {
            Some(CompareCommand::Identifiers(options)) => {
                commands::compare_identifiers::run(options, &console, json)
            }
            None => commands::compare::run(options, &console, json),
        },
        Command::Encode(options) => commands::encode::run(options, &console, json),
        Command::Prepare(options) => commands::prepare::run(options, &console, json),
        Command::Release(options) => commands::release::run(options, json),
        Command::Model(options) => commands::model::run(options, &console, json),
        Command::Code(CodeCommand::Check(options)) => {
            commands::code_check::run(options, &console, json)
        }
        Command::Explain(ExplainCommand::Pair(options)) => {
            commands::explain_pair::run(options, &console, json)
        }
        Command::Explain(ExplainCommand::Entity(options)) => {
            commands::explain_entity::run(options, &console, json)
        }
        Command::Explain(ExplainCommand::Record(options)) => {
            commands::explain_record::run(options, &console, json)
        }
        Command::Id(IdCommand::Validate(options)) => {
            commands::id_validate::run(options, &console, json)
        }
        Command::Id(IdCommand::Resolve(options)) => commands::id_resolve::run(options, json),
        Command::Id(IdCommand::Unseal(options)) => commands::id_approved::unseal(options, json),
        Command::Id(IdCommand::Reidentify(options)) => {
            commands::id_approved::reidentify(options, json)
        }
        Command::Id(IdCommand::Assign(options)) => commands::id_assign::run(options, json),
        Command::Id(IdCommand::Issue(options)) => commands::id_issue::run(options, json),
        Command::Id(IdCommand::Rotate(options)) => commands::id_rotate::rotate(options, json),
        Command::Id(IdCommand::Crosswalk(options)) => commands::id_rotate::crosswalk(options, json),
        Command::Id(IdCommand::Objections(options)) => commands::id_objections::run(options, json),
        Command::Id(IdCommand::Verify(options)) => commands::id_verify::run(options, json),
        Command::Id(IdCommand::Person(command)) => commands::id_person::run(command, json),
        Command::Custodian(command) => commands::custodian::run(command, &console, json),
        Command::Approval(command) => commands::approval::run(command, json),
        Command::Audit(command) => commands::audit::run(command, json),
        Command::Keys(command) => commands::keys::run(command, json),
    }
}
