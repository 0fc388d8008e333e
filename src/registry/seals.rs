//! Seals: an identity that is over, and one that is not to be linked to it, kept as tokens alone.

use super::clock::now;
use super::fault::fault;
use super::links_store::{Act, Known};
use super::{Actor, Ground, Handle, Memberships, RecordTag};
use crate::error::Result;
use crate::identifier::SealToken;

/// Tokens come in bundles of so many, so that their number does not tell how many records.
const BUNDLE: usize = 64;

impl Memberships {
    /// Seals the identity of some records off from that of others: only the tokens are kept.
    ///
    /// Returns the handles that the sealed identity has, for the issuer to seal its person.
    ///
    /// # Errors
    /// `BadStore` if what the file holds already says that the two are one child's: records of
    /// both have stood in one entity, or in one decision. `BadKey` if no random bytes can be had.
    pub fn seal(
        &mut self,
        (old, new): (&[RecordTag], &[RecordTag]),
        tokens: &[SealToken],
        (actor, reason): (&Actor, &Ground),
    ) -> Result<Vec<Handle>> {
        let mut filling = vec![[0; 16]; tokens.len().div_ceil(BUNDLE) * BUNDLE - tokens.len()];
        filling.iter_mut().try_for_each(|token| self.random.fill(token))?;
        let mut links = self.store.begin()?;
        let held = |tags| links.handles(tags, Known::Ever);
        let decided = |tags| links.decisions_about(tags);
        if !held(old)?.is_disjoint(&held(new)?) || !decided(old)?.is_disjoint(&decided(new)?) {
            return Err(fault(
                &self.path,
                "what is known already holds records of the two together, and is never deleted",
                "have the new records prepared under new transport identifiers, then seal those",
            ));
        }
        // A clock that is set back makes no seal older than the one before.
        let recorded_at = (now() as i64).max(links.last_sealed_at()?);
        links.add_seal(&Act { recorded_at, actor, reason })?;
        links.add_seal_tokens(tokens)?;
        links.add_seal_tokens(&filling)?;
        let now = links.handles(old, Known::Now)?;
        links.commit()?;
        Ok(now.into_iter().collect())
    }

    /// Adds tokens of records that were recognised as a sealed identity's.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be written.
    pub fn retire(&mut self, tokens: &[SealToken]) -> Result<()> {
        let mut links = self.store.begin()?;
        links.add_seal_tokens(tokens)?;
        links.commit()
    }

    /// Returns every token, in the order of its bytes.
    ///
    /// # Errors
    /// `BadStore` if the file cannot be read.
    pub fn seal_tokens(&self) -> Result<Vec<SealToken>> {
        self.store.seal_tokens()
    }
}
