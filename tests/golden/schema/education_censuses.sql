-- Education: earlier censuses: DfE School Census, earlier returns of the same pupils
CREATE TABLE "education_censuses" (
    -- identifier of the pupil in the main file (source: local system; assumed, not confirmed)
    "LocalPupilID" TEXT NOT NULL REFERENCES "education" ("LocalPupilID") CHECK ("LocalPupilID" <> ''),
    -- day of the census (source: DfE School Census; assumed, not confirmed)
    "ReferenceDate" TEXT CHECK ("ReferenceDate" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- unique pupil number on that day; held on ReferenceDate (source: DfE School Census; assumed, not confirmed)
    "UPN" TEXT,
    -- legal surname on that day; held on ReferenceDate (source: DfE School Census; assumed, not confirmed)
    "Surname" TEXT,
    -- legal first given name on that day; held on ReferenceDate (source: DfE School Census; assumed, not confirmed)
    "Forename" TEXT,
    -- first line of the home address on that day; held on ReferenceDate (source: DfE School Census; assumed, not confirmed)
    "AddressLine1" TEXT,
    -- postcode of the home address on that day; held on ReferenceDate (source: DfE School Census; assumed, not confirmed)
    "Postcode" TEXT
) STRICT;
