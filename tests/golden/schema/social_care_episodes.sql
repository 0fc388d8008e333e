-- Social care: episodes of care: SSDA903 episodes
CREATE TABLE "social_care_episodes" (
    -- identifier of the child in the main file (source: SSDA903, as in the published validator)
    "CHILD" TEXT NOT NULL REFERENCES "social_care" ("la_child_id") CHECK ("CHILD" <> ''),
    -- day on which the episode began (source: SSDA903, as in the published validator)
    "DECOM" TEXT CHECK ("DECOM" GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'),
    -- reason for the new episode (meanings to be verified) (source: SSDA903, as in the published validator; assumed, not confirmed)
    "RNE" TEXT CHECK ("RNE" IN ('S', 'P', 'L', 'T', 'U', 'B')),
    -- legal status (meanings assumed) (source: SSDA903, as in the published validator; assumed, not confirmed)
    "LS" TEXT CHECK ("LS" IN ('C1', 'C2', 'D1', 'E1', 'J1', 'J2', 'J3', 'L1', 'L2', 'L3', 'V2', 'V3', 'V4')),
    -- code of the kind of placement (source: SSDA903, as in the published validator)
    "PLACE" TEXT,
    -- day on which the episode ceased; empty if it goes on (source: SSDA903, as in the published validator)
    "DEC" TEXT CHECK ("DEC" GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'),
    -- code of the reason why the episode ceased (source: SSDA903, as in the published validator)
    "REC" TEXT,
    -- postcode of the home address; held from DECOM to DEC (source: SSDA903, as in the published validator)
    "HOME_POST" TEXT,
    -- postcode of the placement; held from DECOM to DEC (source: SSDA903, as in the published validator)
    "PL_POST" TEXT,
    -- Ofsted reference number of the placement (meaning assumed) (source: SSDA903, as in the published validator; assumed, not confirmed)
    "URN" TEXT
) STRICT;
