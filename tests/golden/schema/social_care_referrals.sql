-- Social care: children in need: CIN census
CREATE TABLE "social_care_referrals" (
    -- identifier of the child in the main file (source: CIN census, as in the published validator)
    "LAchildID" TEXT NOT NULL REFERENCES "social_care" ("la_child_id") CHECK ("LAchildID" <> ''),
    -- unique pupil number as the census was sent; held from CINreferralDate to CINclosureDate (source: CIN census, as in the published validator)
    "UPN" TEXT,
    -- unique pupil number that the child had before (source: CIN census, as in the published validator)
    "FormerUPN" TEXT,
    -- why there is no unique pupil number (source: DfE UPN unknown reasons; Standard Safeguarding Dataset; assumed, not confirmed)
    "UPNunknown" TEXT CHECK ("UPNunknown" IN ('UN1', 'UN2', 'UN3', 'UN4', 'UN5', 'UN6', 'UN7', 'UN8', 'UN9', 'UN10')),
    -- date of birth; empty for the unborn; held from CINreferralDate to CINclosureDate (source: CIN census, as in the published validator)
    "PersonBirthDate" TEXT CHECK ("PersonBirthDate" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- expected date of birth, for the unborn and nobody else; held from CINreferralDate to CINclosureDate (source: CIN census, as in the published validator)
    "ExpectedPersonBirthDate" TEXT CHECK ("ExpectedPersonBirthDate" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- sex as recorded; U for the unborn (source: CIN census, as in the published validator)
    "Sex" TEXT CHECK ("Sex" IN ('M', 'F', 'U')),
    -- ethnicity code of the DfE list (source: DfE ethnicity codes, as in the published CIN and SSDA903 validators)
    "Ethnicity" TEXT CHECK ("Ethnicity" IN ('WBRI', 'WIRI', 'WIRT', 'WROM', 'WOTH', 'MWBC', 'MWBA', 'MWAS', 'MOTH', 'AIND', 'APKN', 'ABAN', 'AOTH', 'CHNE', 'BCRB', 'BAFR', 'BOTH', 'OOTH', 'REFU', 'NOBT')),
    -- day of the referral; before birth at most 40 weeks (source: CIN census, as in the published validator)
    "CINreferralDate" TEXT CHECK ("CINreferralDate" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- day on which the case was closed; empty if open (source: CIN census, as in the published validator)
    "CINclosureDate" TEXT CHECK ("CINclosureDate" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT;
