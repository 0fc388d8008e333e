-- Social care: unaccompanied children: SSDA903 UASC
CREATE TABLE "social_care_uasc" (
    -- identifier of the child in the main file (source: SSDA903, as in the published validator)
    "CHILD" TEXT NOT NULL REFERENCES "social_care" ("la_child_id") CHECK ("CHILD" <> ''),
    -- sex as recorded: 1 and 2 to 2023, then letters (years assumed) (source: SSDA903, as in the published validator; assumed, not confirmed)
    "SEX" TEXT CHECK ("SEX" IN ('1', '2', 'M', 'F')),
    -- date of birth as sent in the return (source: SSDA903, as in the published validator)
    "DOB" TEXT CHECK ("DOB" GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'),
    -- day on which the status ceased (source: SSDA903, as in the published validator)
    "DUC" TEXT CHECK ("DUC" GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]')
) STRICT;
