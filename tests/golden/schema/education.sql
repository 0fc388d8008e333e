-- Education: DfE School Census and Common Basic Data Set
CREATE TABLE "education" (
    -- identifier of the pupil within the school or authority that holds the record (source: local system; assumed, not confirmed)
    "LocalPupilID" TEXT NOT NULL PRIMARY KEY CHECK ("LocalPupilID" <> ''),
    -- unique pupil number: a check letter and twelve characters; lapses when school ends (source: DfE unique pupil numbers guide; Common Basic Data Set N00001)
    "UPN" TEXT,
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
    -- sex as recorded (source: DfE School Census; assumed, not confirmed)
    "Sex" TEXT CHECK ("Sex" IN ('M', 'F')),
    -- date of birth, year first, with hyphens (source: DfE School Census; assumed, not confirmed)
    "DOB" TEXT CHECK ("DOB" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- first line of the home address (source: DfE School Census; assumed, not confirmed)
    "AddressLine1" TEXT,
    -- postcode of the home address (source: DfE School Census; assumed, not confirmed)
    "Postcode" TEXT,
    -- ethnicity code of the DfE list (source: DfE ethnicity codes, as in the published CIN and SSDA903 validators)
    "Ethnicity" TEXT CHECK ("Ethnicity" IN ('WBRI', 'WIRI', 'WIRT', 'WROM', 'WOTH', 'MWBC', 'MWBA', 'MWAS', 'MOTH', 'AIND', 'APKN', 'ABAN', 'AOTH', 'CHNE', 'BCRB', 'BAFR', 'BOTH', 'OOTH', 'REFU', 'NOBT')),
    -- unique reference number of the school: six digits (source: DfE Get Information about Schools)
    "URN" TEXT,
    -- National Curriculum year in which the pupil is taught (source: DfE School Census; assumed, not confirmed)
    "NCyearActual" TEXT
) STRICT;
