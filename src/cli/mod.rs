//! The `cci` command: one file a command, nothing that another program would want to call.
//!
//! The only room that prints, reads the environment or ends the process.

mod acting;
mod added;
mod agency_list;
mod arguments;
mod candidates;
mod checked;
mod commands;
mod comparator_chart;
mod comparator_scores;
mod console;
mod custodian;
mod data;
mod designs;
mod digest;
mod duty;
mod earlier_run;
mod encoded;
mod entry;
mod explained_entity;
mod found;
mod holder;
mod identifier_class;
mod interrupt;
mod issuer;
mod judgement;
mod label_file;
mod linkage_document;
mod linkage_settings;
mod linkage_warnings;
mod manifest;
mod metrics;
mod model_source;
mod notice;
mod outcome;
mod output_file;
mod passphrases;
mod prepared;
mod private_output;
mod proposal;
mod run_folder;
mod seals;
mod surveyed;
mod tables;
mod token_exchange;
mod truth_files;
mod typed_queries;
mod typed_values;
mod waterfall;

pub use entry::main;
