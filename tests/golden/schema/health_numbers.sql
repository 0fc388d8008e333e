-- Health: superseded NHS numbers: PDS replacementOf: numbers of records joined into this one
CREATE TABLE "health_numbers" (
    -- identifier of the patient in the main file (source: PDS replacementOf, as MPS diagnostics describe it)
    "LOCAL_PATIENT_ID" TEXT NOT NULL REFERENCES "health" ("LOCAL_PATIENT_ID") CHECK ("LOCAL_PATIENT_ID" <> ''),
    -- NHS number that the present one replaces; held from replacementOf_period_start to replacementOf_period_end (source: PDS replacementOf, as MPS diagnostics describe it)
    "replacementOf" TEXT,
    -- why the number was replaced (source: MPS Diagnostics User Guide 1.0.0, superseded flag; assumed, not confirmed)
    "replacementOf_reason" TEXT CHECK ("replacementOf_reason" IN ('superseded')),
    -- first day of the number (source: PDS replacementOf, as MPS diagnostics describe it; assumed, not confirmed)
    "replacementOf_period_start" TEXT CHECK ("replacementOf_period_start" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- day on which the number was replaced (source: PDS replacementOf, as MPS diagnostics describe it; assumed, not confirmed)
    "replacementOf_period_end" TEXT CHECK ("replacementOf_period_end" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT;
