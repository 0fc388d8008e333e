-- Health: addresses over time: PDS FHIR Patient, address with period
CREATE TABLE "health_addresses" (
    -- identifier of the patient in the main file (source: PDS FHIR Patient, address)
    "LOCAL_PATIENT_ID" TEXT NOT NULL REFERENCES "health" ("LOCAL_PATIENT_ID") CHECK ("LOCAL_PATIENT_ID" <> ''),
    -- what the address is used for (source: HL7 FHIR, address use; assumed, not confirmed)
    "address_use" TEXT CHECK ("address_use" IN ('home', 'temp', 'old', 'billing', 'work')),
    -- first line of the address; held from address_period_start to address_period_end (source: PDS FHIR Patient, address)
    "address_line" TEXT,
    -- postcode of the address; held from address_period_start to address_period_end (source: PDS FHIR Patient, address)
    "address_postalCode" TEXT,
    -- first day of the address (source: PDS FHIR Patient, address)
    "address_period_start" TEXT CHECK ("address_period_start" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- last day of the address; empty if still used (source: PDS FHIR Patient, address)
    "address_period_end" TEXT CHECK ("address_period_end" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT;
