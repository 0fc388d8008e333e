//! First lines of addresses: lower-case words, with common street words written out.

use crate::normalise::canon::fold;
use crate::normalise::cell::read_cell;
use crate::normalise::{CellRules, Normalised, Normaliser};

/// Normaliser of address lines.
///
/// Apostrophes go ("St Mary's" is "st marys"); other punctuation ends a word. A street word
/// that is also something else (St for saint, Dr for doctor) is written out only where a
/// comma or the end of the line follows it: "5 St James St" is "5 st james street".
pub(super) struct Address;

impl Normaliser for Address {
    fn name(&self) -> &'static str {
        "address"
    }

    fn expects(&self) -> &'static str {
        "the first line of an address"
    }

    fn normalise(&self, cell: &str, rules: &CellRules, output: &mut String) -> Normalised {
        read_cell(cell, rules, output, |text, output| {
            let mut line = Line { output, word: None, part_ends: false };
            fold(text, |byte| match byte {
                b'a'..=b'z' | b'0'..=b'9' => line.push(byte),
                b'\'' | b'`' => {}
                b',' | b';' | b'\n' => line.end_part(),
                _ => line.end_word(),
            });
            line.end_part();
            line.finish_word();
            if is_nowhere(output) { Normalised::Missing } else { Normalised::Value }
        })
    }
}

/// Line under construction; the last word is settled when the next one starts.
struct Line<'a> {
    output: &'a mut String,
    /// Start of the last word and whether it is still open.
    word: Option<(usize, bool)>,
    part_ends: bool,
}

impl Line<'_> {
    fn push(&mut self, byte: u8) {
        if !matches!(self.word, Some((_, true))) {
            self.finish_word();
            if !self.output.is_empty() {
                self.output.push(' ');
            }
            self.word = Some((self.output.len(), true));
        }
        self.output.push(byte as char);
    }

    fn end_word(&mut self) {
        if let Some((_, open)) = &mut self.word {
            *open = false;
        }
    }

    fn end_part(&mut self) {
        self.end_word();
        self.part_ends = true;
    }

    fn finish_word(&mut self) {
        if let Some((start, _)) = self.word.take()
            && start > 0
            && let Some(whole) = whole_word(&self.output[start..], self.part_ends)
        {
            self.output.truncate(start);
            self.output.push_str(whole);
        }
        self.part_ends = false;
    }
}

/// Returns the word that an abbreviation stands for, if it is one in this place.
fn whole_word(word: &str, part_ends: bool) -> Option<&'static str> {
    Some(match word {
        "av" | "ave" | "aven" => "avenue",
        "blvd" => "boulevard",
        "cct" => "circuit",
        "cres" | "crsnt" => "crescent",
        "gdn" | "gdns" => "gardens",
        "hwy" => "highway",
        "ln" => "lane",
        "pde" => "parade",
        "pk" => "park",
        "rd" => "road",
        "sq" => "square",
        "tce" | "terr" => "terrace",
        "cl" if part_ends => "close",
        "cr" if part_ends => "crescent",
        "ct" if part_ends => "court",
        "dr" if part_ends => "drive",
        "gr" if part_ends => "grove",
        "pl" if part_ends => "place",
        "st" if part_ends => "street",
        _ => return None,
    })
}

fn is_nowhere(address: &str) -> bool {
    matches!(
        address,
        "address unknown" | "address withheld" | "nfa" | "no fixed abode" | "no fixed address"
    )
}
