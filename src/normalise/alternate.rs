//! Other forms under which the same name may be held: alternates beside the one primary form.
//!
//! One file has "O Brien" where another has "O'Brien"; a register has "Alexandra (Sasha)". The
//! primary form stays the value; alternates are further values of the attribute, so that two
//! records agree on a name if any form of one is a form of the other.
//!
//! A kind of alternate is kept only if it rests on how one child's name is written in two
//! places. What would make unrelated children agree is left to comparators, which weigh it.

use super::alternates::ALTERNATES;
use super::names::{NameText, primary};
use super::normaliser::{CellRules, Normalised, Normaliser};

/// Most alternates of one cell; what more there would be is left out.
pub const MOST_ALTERNATES: usize = 8;

/// Which of its names a child's name is, since some kinds of alternate are of surnames only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// First or other given name.
    Given,
    /// Surname.
    Family,
}

/// Way in which one name is written differently in two files.
pub trait Alternate: Sync {
    /// Returns the name used in documentation, for example `joined`.
    fn name(&self) -> &'static str;

    /// Says whether names of a kind have it.
    fn suits(&self, kind: NameKind) -> bool;

    /// Hands over the alternates of a name; the name itself and repeats may be among them.
    fn write(&self, name: &Name<'_>, emit: &mut dyn FnMut(&str));
}

/// Name whose alternates are asked for.
#[derive(Debug)]
pub struct Name<'a> {
    /// What the cell holds, for what canonical text has lost.
    pub(super) text: &'a str,
    /// Primary form.
    pub(super) primary: &'a str,
    /// Canonical forms of other names in the cell, in brackets or after "known as".
    pub(super) others: Vec<String>,
}

impl<'a> Name<'a> {
    /// Finds the other names in a cell whose value is known.
    pub(super) fn new(text: &'a str, value: &'a str) -> Self {
        Self { text, primary: value, others: NameText::others(text) }
    }

    /// Returns the words of the primary form.
    pub(super) fn words(&self) -> Vec<&str> {
        self.primary.split(' ').collect()
    }

    /// Hands over the primary form that a rewritten text would have.
    pub(super) fn rewritten(&self, text: Option<String>, emit: &mut dyn FnMut(&str)) {
        if let Some(text) = text {
            emit(&primary(&text));
        }
    }
}

/// Hands over the alternates of a name, in the order of the list, each once and none the value.
///
/// A form that would not be a value of the column by itself is none of its alternates.
pub(super) fn write_alternates(
    normaliser: &dyn Normaliser,
    kind: NameKind,
    name: &Name<'_>,
    rules: &CellRules,
    emit: &mut dyn FnMut(&str),
) {
    let mut forms: Vec<String> = Vec::new();
    let mut again = String::new();
    for alternate in ALTERNATES.iter().filter(|alternate| alternate.suits(kind)) {
        alternate.write(name, &mut |form| {
            let known = || form == name.primary || forms.iter().any(|known| known == form);
            // A single letter is an initial, not a name.
            if forms.len() < MOST_ALTERNATES
                && form.len() > 1
                && !known()
                && normaliser.normalise(form, rules, &mut again) == Normalised::Value
                && again == form
            {
                forms.push(form.to_string());
            }
        });
    }
    forms.iter().for_each(|form| emit(form));
}
