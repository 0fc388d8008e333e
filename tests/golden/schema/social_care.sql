-- Social care: DfE early-adopter data flow, CIN census, Standard Safeguarding Dataset
CREATE TABLE "social_care" (
    -- identifier of the child within the authority: 20 characters at most, never used again (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "la_child_id" TEXT NOT NULL PRIMARY KEY CHECK ("la_child_id" <> ''),
    -- identifier of the child within the case management system (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "mis_child_id" TEXT,
    -- DfE code of the local authority: three digits; checked as la_code (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "la_code" TEXT,
    -- unique pupil number, if the child has one (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "unique_pupil_number" TEXT,
    -- unique pupil number that the child had before (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "former_unique_pupil_number" TEXT,
    -- why there is no unique pupil number (source: DfE UPN unknown reasons; Standard Safeguarding Dataset; assumed, not confirmed)
    "unique_pupil_number_unknown_reason" TEXT CHECK ("unique_pupil_number_unknown_reason" IN ('UN1', 'UN2', 'UN3', 'UN4', 'UN5', 'UN6', 'UN7', 'UN8', 'UN9', 'UN10')),
    -- common child identifier: the NHS number (source: Standard Safeguarding Dataset, pers_common_child_id)
    "common_child_id" TEXT,
    -- first given name (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "first_name" TEXT,
    -- surname (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "surname" TEXT,
    -- date of birth; empty for the unborn; the 15th where the day is not known (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight; SSD guidance)
    "date_of_birth" TEXT CHECK ("date_of_birth" GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'),
    -- expected date of birth of an unborn child, whose only date it is (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "expected_date_of_birth" TEXT CHECK ("expected_date_of_birth" GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'),
    -- sex as recorded; U for the unborn (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight; CIN census)
    "sex" TEXT CHECK ("sex" IN ('M', 'F', 'U')),
    -- ethnicity code of the DfE list (source: DfE ethnicity codes, as in the published CIN and SSDA903 validators)
    "ethnicity" TEXT CHECK ("ethnicity" IN ('WBRI', 'WIRI', 'WIRT', 'WROM', 'WOTH', 'MWBC', 'MWBA', 'MWAS', 'MOTH', 'AIND', 'APKN', 'ABAN', 'AOTH', 'CHNE', 'BCRB', 'BAFR', 'BOTH', 'OOTH', 'REFU', 'NOBT')),
    -- postcode of the home address (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "postcode" TEXT,
    -- whether the child is an unaccompanied asylum-seeking child (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "uasc_flag" TEXT CHECK ("uasc_flag" IN ('0', '1')),
    -- day on which the child ceased to be an unaccompanied asylum-seeking child (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight)
    "uasc_end_date" TEXT CHECK ("uasc_end_date" GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'),
    -- whether the receiver is to delete the child's record (codes assumed) (source: DfE early-adopter data specification 0.7 and 0.8, as published by Data to Insight; assumed, not confirmed)
    "purge" TEXT CHECK ("purge" IN ('0', '1'))
) STRICT;
