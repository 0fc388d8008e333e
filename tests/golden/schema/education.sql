-- Education: DfE School Census and Common Basic Data Set
CREATE TABLE "education" (
    -- identifier of the pupil within the school or authority that holds the record (source: local system; assumed, not confirmed)
    "LocalPupilID" TEXT NOT NULL PRIMARY KEY CHECK ("LocalPupilID" <> ''),
    -- unique pupil number: a check letter and twelve characters; lapses when school ends (source: DfE unique pupil numbers guide; Common Basic Data Set N00001)
    "UPN" TEXT,
    -- unique pupil number that the pupil had before (source: DfE School Census; CIN census)
    "FormerUPN" TEXT,
    -- why there is no unique pupil number (source: Common Basic Data Set N00135; Standard Safeguarding Dataset; assumed, not confirmed)
    "UPNunknown" TEXT CHECK ("UPNunknown" IN ('UN1', 'UN2', 'UN3', 'UN4', 'UN5', 'UN6', 'UN7', 'UN8', 'UN9', 'UN10')),
    -- unique learner number, from 14 years of age (age assumed); checked as uln (source: DfE School Census; HESA; assumed, not confirmed)
    "ULN" TEXT,
    -- NHS number as the consistent identifier (source: assumption: Children Act 2004, section 16LC; assumed, not confirmed)
    "NHSNumber" TEXT,
    -- legal surname (source: DfE School Census; assumed, not confirmed)
    "Surname" TEXT,
    -- legal first given name (source: DfE School Census; assumed, not confirmed)
    "Forename" TEXT,
    -- other given names (source: DfE School Census; assumed, not confirmed)
    "MiddleNames" TEXT,
    -- surname that the pupil goes by (source: DfE School Census; assumed, not confirmed)
    "PreferredSurname" TEXT,
    -- surname that the pupil had before (source: DfE School Census; assumed, not confirmed)
    "FormerSurname" TEXT,
    -- sex as recorded (source: DfE School Census; assumed, not confirmed)
    "Sex" TEXT CHECK ("Sex" IN ('M', 'F')),
    -- date of birth, year first, with hyphens; ages run from early years to 25 (source: DfE School Census; assumed, not confirmed)
    "DOB" TEXT CHECK ("DOB" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- first line of the home address (source: DfE School Census; assumed, not confirmed)
    "AddressLine1" TEXT,
    -- postcode of the home address (source: DfE School Census; assumed, not confirmed)
    "Postcode" TEXT,
    -- unique property reference number of the home, at most twelve digits; checked as uprn (source: DfE School Census; assumed, not confirmed)
    "UPRN" TEXT,
    -- ethnicity code of the DfE list (source: DfE ethnicity codes, as in the published CIN and SSDA903 validators)
    "Ethnicity" TEXT CHECK ("Ethnicity" IN ('WBRI', 'WIRI', 'WIRT', 'WROM', 'WOTH', 'MWBC', 'MWBA', 'MWAS', 'MOTH', 'AIND', 'APKN', 'ABAN', 'AOTH', 'CHNE', 'BCRB', 'BAFR', 'BOTH', 'OOTH', 'REFU', 'NOBT')),
    -- unique reference number of the school: six digits; checked as urn (source: DfE Get Information about Schools)
    "URN" TEXT,
    -- local authority and establishment number of the school: three and four digits; checked as laestab (source: National Pupil Database)
    "LAESTAB" TEXT,
    -- National Curriculum year in which the pupil is taught (source: DfE School Census; assumed, not confirmed)
    "NCyearActual" TEXT
) STRICT;
