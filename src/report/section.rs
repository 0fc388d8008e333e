//! What a section of the report is.

use super::content::Block;
use super::view::View;

/// Section of the report: a name, a title and blocks made from the figures as shown.
pub trait Section: Sync {
    /// Returns the name used in links.
    fn id(&self) -> &'static str;

    /// Returns the heading; empty for a section without one.
    fn title(&self) -> &'static str;

    /// Builds the blocks; none where the run has nothing to say, and the section is left out.
    fn blocks(&self, view: &View<'_>) -> Vec<Block>;
}
