//! Writing the custodian's memberships to their SQLite file.

use rusqlite::{Transaction, params};

use crate::error::Result;
use crate::identifier::SealToken;
use crate::registry::RecordTag;
use crate::registry::links_store::{
    Act, Decides, Linkage, LinkageNumber, LinksWriting, Membership,
};
use crate::registry::sqlite::Sqlite;

impl LinksWriting for Sqlite<Transaction<'_>> {
    fn add_linkage(&mut self, linkage: &Linkage<'_>) -> Result<LinkageNumber> {
        let Linkage { recorded_at, day, records, toolkit } = *linkage;
        self.change(
            "INSERT INTO run (recorded_at, day, records, toolkit) VALUES (?1, ?2, ?3, ?4)",
            params![recorded_at, day, records, toolkit],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    fn replace(
        &mut self,
        linkage: LinkageNumber,
        tag: &RecordTag,
        membership: &Membership,
    ) -> Result<()> {
        self.change("INSERT INTO record (tag) VALUES (?1) ON CONFLICT DO NOTHING", [tag])?;
        self.change(
            "UPDATE membership SET recorded_to = ?2
             WHERE recorded_to IS NULL
               AND record_id = (SELECT record_id FROM record WHERE tag = ?1)",
            params![tag, linkage],
        )?;
        let Membership { handle, valid_from, valid_to } = membership;
        self.change(
            "INSERT INTO membership (record_id, handle, valid_from, valid_to, recorded_from)
             SELECT record_id, ?2, ?3, ?4, ?5 FROM record WHERE tag = ?1",
            params![tag, handle.bytes(), valid_from, valid_to, linkage],
        )
        .map(drop)
    }

    fn add_decision(&mut self, decides: Decides, act: &Act<'_>) -> Result<i64> {
        let (what, lifts) = match decides {
            Decides::Pairs(verdict) => (verdict.name(), None),
            Decides::Lifts(number) => ("lifted", Some(number)),
        };
        let (actor, reason) = (act.actor.as_str(), act.reason.as_str());
        self.change(
            "INSERT INTO decision (recorded_at, what, lifts, actor, reason)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![act.recorded_at, what, lifts, actor, reason],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    fn add_pairs(&mut self, decision: i64, pairs: &[(RecordTag, RecordTag)]) -> Result<()> {
        pairs.iter().try_for_each(|(a, b)| {
            self.change(
                "INSERT INTO decided_pair
                 SELECT ?1, min(a.record_id, b.record_id), max(a.record_id, b.record_id)
                 FROM record AS a, record AS b WHERE a.tag = ?2 AND b.tag = ?3
                 ON CONFLICT DO NOTHING",
                params![decision, a, b],
            )
            .map(drop)
        })
    }

    fn add_seal(&mut self, act: &Act<'_>) -> Result<()> {
        self.change(
            "INSERT INTO seal (recorded_at, actor, reason) VALUES (?1, ?2, ?3)",
            params![act.recorded_at, act.actor.as_str(), act.reason.as_str()],
        )
        .map(drop)
    }

    fn add_seal_tokens(&mut self, tokens: &[SealToken]) -> Result<()> {
        tokens.iter().try_for_each(|token| {
            self.change("INSERT INTO seal_token VALUES (?1) ON CONFLICT DO NOTHING", [token])
                .map(drop)
        })
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.keep()
    }
}
