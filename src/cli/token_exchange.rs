//! Match tokens of one linkage have to be of one exchange, or none of them could agree.

use crate::error::{Error, ErrorKind, Result};
use crate::record::{AttributeKind, MISSING, MatchToken, Records, SourceId};

/// Refuses records whose tokens are of several exchanges.
///
/// Under another secret, title or canonical form equal values have other tokens: such records
/// would pass for strangers, and nothing would show it.
///
/// # Errors
/// `BadValue` with the two sources and the names that their tokens bear.
pub(super) fn refuse_several(records: &Records) -> Result<()> {
    let mut first: Option<(SourceId, [u8; MatchToken::NAME_LENGTH])> = None;
    for (source, name) in names(records) {
        let (known_in, known) = *first.get_or_insert((source, name));
        if known != name {
            let label = |source: SourceId| records.sources()[source as usize].name.as_str();
            let hex = |name| format!("{:08x}", u32::from_be_bytes(name));
            let message = format!(
                "match tokens of {} are of exchange {}, of {} of exchange {}",
                label(known_in),
                hex(known),
                label(source),
                hex(name)
            );
            return Err(Error::new(ErrorKind::BadValue, message)
                .note("tokens of two exchanges never agree")
                .help("prepare both with one secret, one --exchange and one version of cci"));
        }
    }
    Ok(())
}

/// Iterates over the exchanges that tokens bear, with a source that holds one.
fn names(
    records: &Records,
) -> impl Iterator<Item = (SourceId, [u8; MatchToken::NAME_LENGTH])> + '_ {
    let tokens =
        |column: &&crate::record::Column| column.attribute().kind() == AttributeKind::MatchToken;
    records.columns().iter().filter(tokens).flat_map(move |column| {
        let firsts = column.codes().iter().copied().zip(0..);
        let further = column.further().iter().map(|&(record, code)| (code, record));
        let held = firsts.chain(further).filter(|&(code, _)| code != MISSING);
        held.filter_map(move |(code, record)| {
            let token: MatchToken = column.dictionary().value(code).parse().ok()?;
            Some((records.source_of(record), token.exchange()))
        })
    })
}
