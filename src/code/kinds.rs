//! What each kind of number or code says of a valid text: one short reader a kind.

use super::kind::Known;
use super::{
    Certainty, CroNumber, EthnicityList, IcbCode, ImdDecile, LaCode, LaEstab, LaGssCode, Lsoa,
    NhsNumber, NhsNumberStatus, PncId, PoliceForce, Postcode, PracticeCode, Refusal, Sex, Uln, Upn,
    UpnKind, UpnUnknownReason, Uprn, Urn,
};
use crate::record::Agency;

type Reading = Result<Known, Refusal>;

fn known(canonical: &str, facts: Vec<(&'static str, String)>) -> Reading {
    Ok(Known { canonical: canonical.into(), facts })
}

fn authority(code: Option<LaCode>, digits: &str) -> (&'static str, String) {
    let note = match code {
        None => " (not in the list)",
        Some(code) if code.is_pseudo() => " (stands for no place)",
        Some(_) => "",
    };
    ("local authority", format!("{digits}{note}"))
}

pub(super) fn nhs_number(text: &str, _: u16) -> Reading {
    let number = NhsNumber::parse(text)?;
    let range = if number.is_test_range() {
        "test range 999, never issued"
    } else if number.is_issued_range() {
        "issued in the United Kingdom"
    } else {
        "not known to be issued anywhere"
    };
    known(number.as_str(), vec![("range", range.into())])
}

pub(super) fn upn(text: &str, _: u16) -> Reading {
    let upn = Upn::parse(text)?;
    let kind = match upn.kind() {
        UpnKind::Permanent => "permanent",
        UpnKind::Temporary => "temporary",
    };
    let facts = vec![
        ("kind", kind.into()),
        authority(upn.local_authority(), &upn.as_str()[1..4]),
        ("allocated in year", format!("{:02}", upn.allocation_year())),
    ];
    known(upn.as_str(), facts)
}

pub(super) fn uln(text: &str, _: u16) -> Reading {
    known(Uln::parse(text)?.as_str(), Vec::new())
}

pub(super) fn pnc_id(text: &str, as_at_year: u16) -> Reading {
    let id = PncId::parse(text, as_at_year)?;
    let year = format!("{} (of the police record, not of birth)", id.record_year());
    known(id.as_str(), vec![("year", year)])
}

pub(super) fn cro_number(text: &str, _: u16) -> Reading {
    let number = CroNumber::parse(text)?;
    let form = if number.as_str().starts_with("SF") { "SF" } else { "standard" };
    known(number.as_str(), vec![("form", form.into())])
}

pub(super) fn urn(text: &str, _: u16) -> Reading {
    known(Urn::parse(text)?.as_str(), Vec::new())
}

pub(super) fn laestab(text: &str, _: u16) -> Reading {
    let school = LaEstab::parse(text)?;
    let facts = vec![
        authority(school.local_authority(), &school.as_str()[..3]),
        ("establishment", school.establishment().into()),
    ];
    known(school.as_str(), facts)
}

pub(super) fn uprn(text: &str, _: u16) -> Reading {
    known(Uprn::parse(text)?.as_str(), Vec::new())
}

pub(super) fn postcode(text: &str, _: u16) -> Reading {
    let postcode = Postcode::parse(text)?;
    let facts = match postcode.pseudo_meaning() {
        Some(meaning) => vec![("stands for no place", meaning.into())],
        None => vec![
            ("area", postcode.area().into()),
            ("district", postcode.district().into()),
            ("sector", postcode.sector().into()),
        ],
    };
    known(postcode.as_str(), facts)
}

pub(super) fn practice_code(text: &str, _: u16) -> Reading {
    let code = PracticeCode::parse(text)?;
    let meaning = code.placeholder_meaning();
    known(code.as_str(), meaning.map(|what| ("stands for", what.into())).into_iter().collect())
}

pub(super) fn icb_code(text: &str, _: u16) -> Reading {
    known(IcbCode::parse(text)?.as_str(), Vec::new())
}

pub(super) fn la_code(text: &str, _: u16) -> Reading {
    let code = LaCode::parse(text)?;
    known(code.as_str(), vec![authority(Some(code), code.as_str())])
}

pub(super) fn la_gss_code(text: &str, _: u16) -> Reading {
    let code = LaGssCode::parse(text)?;
    known(code.as_str(), vec![("tier", format!("{} (recalled)", code.tier()))])
}

pub(super) fn lsoa(text: &str, _: u16) -> Reading {
    known(Lsoa::parse(text)?.as_str(), Vec::new())
}

pub(super) fn imd_decile(text: &str, _: u16) -> Reading {
    let decile = ImdDecile::parse(text)?;
    let core = if decile.is_core20() { "yes" } else { "no" };
    known(&decile.number().to_string(), vec![("most deprived fifth", core.into())])
}

pub(super) fn police_force(text: &str, _: u16) -> Reading {
    let force = PoliceForce::parse(text)?;
    known(force.code(), vec![("force", format!("{} (recalled)", force.name()))])
}

pub(super) fn nhs_number_status(text: &str, _: u16) -> Reading {
    let status = NhsNumberStatus::parse(text)?;
    known(status.code(), vec![("meaning", status.meaning().into())])
}

pub(super) fn upn_unknown_reason(text: &str, _: u16) -> Reading {
    let reason = UpnUnknownReason::parse(text)?;
    let meaning = reason.meaning().unwrap_or("not found in a source yet");
    let mut facts = vec![("meaning", meaning.into())];
    if reason.certainty() == Certainty::Recalled {
        facts.push(("code", reason.certainty().word().into()));
    }
    known(reason.code(), facts)
}

fn ethnicity(list: EthnicityList, text: &str) -> Reading {
    let code = list.find(text)?;
    let group = code.group.map_or("none", |group| group.name());
    let facts = vec![
        ("meaning", code.label.into()),
        ("broad group", group.into()),
        ("the group loses", code.loses.into()),
    ];
    known(code.code, facts)
}

pub(super) fn ethnicity_health(text: &str, _: u16) -> Reading {
    ethnicity(EthnicityList::Health, text)
}

pub(super) fn ethnicity_education(text: &str, _: u16) -> Reading {
    ethnicity(EthnicityList::Education, text)
}

pub(super) fn ethnicity_police(text: &str, _: u16) -> Reading {
    ethnicity(EthnicityList::PoliceSelfDefined, text)
}

pub(super) fn ethnicity_observed(text: &str, _: u16) -> Reading {
    ethnicity(EthnicityList::PoliceObserved, text)
}

fn sex(agency: Agency, text: &str) -> Reading {
    let sex = Sex::from_agency_code(agency, text)?;
    let meaning = sex.map_or("not known or not yet born".into(), |sex| sex.letter().to_string());
    let code = Sex::agency_code(agency, sex).ok_or(Refusal::Unlisted)?;
    known(code, vec![("compared as", meaning)])
}

pub(super) fn sex_health(text: &str, _: u16) -> Reading {
    sex(Agency::Health, text)
}

pub(super) fn sex_education(text: &str, _: u16) -> Reading {
    sex(Agency::Education, text)
}

pub(super) fn sex_social_care(text: &str, _: u16) -> Reading {
    sex(Agency::SocialCare, text)
}

pub(super) fn sex_police(text: &str, _: u16) -> Reading {
    sex(Agency::Police, text)
}
