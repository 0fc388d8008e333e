-- Health: names over time: PDS FHIR Patient, name with period
CREATE TABLE "health_names" (
    -- identifier of the patient in the main file (source: PDS FHIR Patient, name)
    "LOCAL_PATIENT_ID" TEXT NOT NULL REFERENCES "health" ("LOCAL_PATIENT_ID") CHECK ("LOCAL_PATIENT_ID" <> ''),
    -- what the name is used for (source: HL7 FHIR, name use; assumed, not confirmed)
    "name_use" TEXT CHECK ("name_use" IN ('usual', 'official', 'temp', 'nickname', 'anonymous', 'old', 'maiden')),
    -- surname; held from name_period_start to name_period_end (source: PDS FHIR Patient, name)
    "name_family" TEXT,
    -- first given name; held from name_period_start to name_period_end (source: PDS FHIR Patient, name)
    "name_given" TEXT,
    -- first day of the name (source: PDS FHIR Patient, name)
    "name_period_start" TEXT CHECK ("name_period_start" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- last day of the name; empty if still used (source: PDS FHIR Patient, name)
    "name_period_end" TEXT CHECK ("name_period_end" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT;
