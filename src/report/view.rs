//! The figures as they may be shown: disclosure control applied once, for every section.

use super::disclosure::{Profile, ShownRate, protect_rates};
use super::input::{ReportInput, StrategyRow};
use crate::error::Result;
use crate::evaluate::{Gap, GroupQuality, Rate, RecordQuality, largest_gap};

/// Rates of one group as they may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownGroup {
    /// Label of the source or group.
    pub label: String,
    /// Linked records among all records.
    pub linked: ShownRate,
    /// Linked records among linkable records.
    pub linked_of_linkable: ShownRate,
    /// Missed records among linkable records.
    pub missed: ShownRate,
    /// Partly missed records among linkable records.
    pub partly_missed: ShownRate,
    /// Falsely linked records among linked records.
    pub falsely_linked: ShownRate,
}

impl ShownGroup {
    /// Says whether the linkage rate is hidden.
    pub fn is_hidden(&self) -> bool {
        self.linked_of_linkable.rate().is_none()
    }
}

/// Groups of one grouping as they may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownGrouping {
    /// Name for readers, for example `Ethnicity`.
    pub label: String,
    /// Rates of each group.
    pub groups: Vec<ShownGroup>,
}

/// One run as it may be shown.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// Facts of the run. Counts of people in it are not for showing.
    pub input: &'a ReportInput,
    /// Profile that was applied.
    pub profile: Profile,
    /// Rates of all records.
    pub overall: ShownGroup,
    /// Rates of each source.
    pub sources: Vec<ShownGroup>,
    /// Rates of each group of children.
    pub groupings: Vec<ShownGrouping>,
    /// Source or group furthest below the overall linkage rate, from the figures shown.
    pub largest_gap: Option<Gap>,
}

impl<'a> View<'a> {
    /// Applies a profile to a run.
    ///
    /// # Errors
    /// `BadValue` if exact counts are asked of records that are not stamped synthetic.
    pub fn new(input: &'a ReportInput, profile: Profile) -> Result<Self> {
        let profile = profile.check(input.run.synthetic)?;
        let evaluation = &input.evaluation;
        let (sources, mut overall) = show_groups(profile, &evaluation.by_source);
        overall.label = "All".into();
        let groupings: Vec<ShownGrouping> = evaluation
            .by_grouping
            .iter()
            .map(|grouping| ShownGrouping {
                label: grouping_label(&grouping.name),
                groups: show_groups(profile, &grouping.groups).0,
            })
            .collect();
        let mut view = Self { input, profile, overall, sources, groupings, largest_gap: None };
        view.largest_gap = view.overall.linked_of_linkable.rate().and_then(|overall| {
            largest_gap(
                overall,
                view.rated_groups()
                    .map(|(grouping, group, rate)| (grouping, group.label.as_str(), rate)),
            )
        });
        Ok(view)
    }

    /// Iterates over the groups whose linkage rate is shown, sources first.
    fn rated_groups(&self) -> impl Iterator<Item = (&str, &ShownGroup, Rate)> {
        let sources = self.sources.iter().map(|group| ("source", group));
        let groups = self.groupings.iter().flat_map(|grouping| {
            grouping.groups.iter().map(|group| (grouping.label.as_str(), group))
        });
        sources.chain(groups).filter_map(|(grouping, group)| {
            Some((grouping, group, group.linked_of_linkable.rate()?))
        })
    }

    /// Says whether some source or group has a hidden linkage rate.
    pub fn hides_groups(&self) -> bool {
        let groups = self.groupings.iter().flat_map(|grouping| &grouping.groups);
        self.sources.iter().chain(groups).any(ShownGroup::is_hidden)
    }

    /// Finds the groups of children whose linkage rate is notably below the overall one.
    pub fn notable_gaps(&self) -> Vec<Gap> {
        let Some(overall) = self.overall.linked_of_linkable.rate() else { return Vec::new() };
        self.rated_groups()
            .filter(|(grouping, _, _)| *grouping != "source")
            .filter_map(|(grouping, group, rate)| {
                largest_gap(overall, [(grouping, group.label.as_str(), rate)])
            })
            .filter(Gap::is_notable)
            .collect()
    }

    /// Returns what may be shown of a rate that stands alone.
    pub fn rate(&self, rate: Rate) -> ShownRate {
        protect_rates(self.profile, &[rate]).1
    }
}

/// Returns what may be shown of a strategy's largest gap.
pub(crate) fn shown_gap(profile: Profile, row: &StrategyRow) -> Option<Gap> {
    let gap = row.largest_gap.as_ref()?;
    let rest = Rate {
        numerator: gap.overall.numerator.checked_sub(gap.rate.numerator)?,
        denominator: gap.overall.denominator.checked_sub(gap.rate.denominator)?,
    };
    let (groups, all) = protect_rates(profile, &[gap.rate, rest]);
    Gap::measure(&gap.grouping, &gap.group, groups[0].rate()?, all.rate()?)
}

/// Returns a grouping's name for readers.
pub(crate) fn grouping_label(name: &str) -> String {
    match name {
        "imd_quintile" => "Deprivation (IMD quintile, 1 most deprived)".into(),
        "imd_decile" => "Deprivation (IMD decile, 1 most deprived)".into(),
        "looked_after" => "Looked after".into(),
        other => sentence_case(other),
    }
}

/// Returns a name from a file as words: `age_band` becomes `Age band`.
pub(crate) fn sentence_case(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

/// Protects the rates of disjoint groups, and of all of them together.
fn show_groups(profile: Profile, groups: &[GroupQuality]) -> (Vec<ShownGroup>, ShownGroup) {
    let protect = |of: fn(&RecordQuality) -> Rate| {
        let rates: Vec<Rate> = groups.iter().map(|group| of(&group.quality)).collect();
        protect_rates(profile, &rates)
    };
    let linked = protect(|quality| quality.linked);
    let linkable = protect(|quality| quality.linked_of_linkable);
    let missed = protect(|quality| quality.missed);
    let partly = protect(|quality| quality.partly_missed);
    let falsely = protect(|quality| quality.falsely_linked);
    let shown = groups
        .iter()
        .enumerate()
        .map(|(place, group)| ShownGroup {
            label: group.label.clone(),
            linked: linked.0[place],
            linked_of_linkable: linkable.0[place],
            missed: missed.0[place],
            partly_missed: partly.0[place],
            falsely_linked: falsely.0[place],
        })
        .collect();
    let all = ShownGroup {
        label: String::new(),
        linked: linked.1,
        linked_of_linkable: linkable.1,
        missed: missed.1,
        partly_missed: partly.1,
        falsely_linked: falsely.1,
    };
    (shown, all)
}
