-- Police: aliases: POLE Data Standards Catalogue v1.0, aliases of a person
CREATE TABLE "police_aliases" (
    -- identifier of the person record in the main file (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "person_record_id" TEXT NOT NULL REFERENCES "police" ("person_record_id") CHECK ("person_record_id" <> ''),
    -- day on which the alias was recorded, year first, with hyphens (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "recorded_date" TEXT CHECK ("recorded_date" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- surname given; held on recorded_date (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "alias_surname" TEXT,
    -- given names, the first one first; held on recorded_date (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "alias_forenames" TEXT,
    -- date of birth given; held on recorded_date (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "alias_date_of_birth" TEXT CHECK ("alias_date_of_birth" GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]')
) STRICT;
