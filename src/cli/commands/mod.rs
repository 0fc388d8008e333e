//! Every command, one file each.

pub(super) mod audit;
pub(super) mod blocking;
pub(super) mod check;
pub(super) mod code_check;
pub(super) mod compare;
pub(super) mod compare_identifiers;
pub(super) mod encode;
pub(super) mod evaluate;
pub(super) mod explain_entity;
pub(super) mod explain_pair;
pub(super) mod explain_record;
pub(super) mod generate;
pub(super) mod id_assign;
pub(super) mod id_issue;
pub(super) mod id_person;
pub(super) mod id_resolve;
pub(super) mod id_rotate;
pub(super) mod id_validate;
pub(super) mod id_verify;
pub(super) mod init;
pub(super) mod keys;
pub(super) mod link;
pub(super) mod model;
pub(super) mod prepare;
pub(super) mod run;
pub(super) mod schema;
