//! The model of the pairs of each two sources.

use crate::model::Model;
use crate::record::{Records, SourceId};

/// Models of the pairs of any two sources of some records; one where nothing tells them apart.
#[derive(Debug)]
pub(super) struct ModelsOfSources {
    models: Vec<Model>,
    /// Place of the model of each two sources, row by row.
    place_of: Vec<u32>,
    sources: usize,
}

impl ModelsOfSources {
    /// Takes from a model what it has learnt of the sources that the records come from.
    pub(super) fn new(records: &Records, model: &Model) -> Self {
        let names: Vec<&str> =
            records.sources().iter().map(|source| source.name.as_str()).collect();
        let mut models = vec![model.clone()];
        let mut place_of = Vec::with_capacity(names.len() * names.len());
        for s in &names {
            for t in &names {
                let between = model.between(s, t);
                let alike = |known: &Model| known.household_prior == between.household_prior;
                let place = models.iter().position(alike).unwrap_or(models.len());
                if place == models.len() {
                    models.push(between.into_owned());
                }
                place_of.push(place as u32);
            }
        }
        Self { models, place_of, sources: names.len() }
    }

    /// Says whether any two sources have a model of their own.
    pub(super) fn differ(&self) -> bool {
        self.models.len() > 1
    }

    /// Returns every model.
    pub(super) fn all(&self) -> &[Model] {
        &self.models
    }

    /// Returns the place of the model of two sources among all.
    pub(super) fn place(&self, s: SourceId, t: SourceId) -> usize {
        self.place_of[usize::from(s) * self.sources + usize::from(t)] as usize
    }

    /// Returns the model of the pairs of two sources.
    pub(super) fn of(&self, s: SourceId, t: SourceId) -> &Model {
        &self.models[self.place(s, t)]
    }
}
