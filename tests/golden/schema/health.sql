-- Health: NHS Master Person Service request file; Community Services Data Set; PDS Patient
CREATE TABLE "health" (
    -- identifier of the patient within the organisation that holds the record (source: MPS request file)
    "LOCAL_PATIENT_ID" TEXT NOT NULL PRIMARY KEY CHECK ("LOCAL_PATIENT_ID" <> ''),
    -- reference of the row within the request (source: MPS request file)
    "UNIQUE_REFERENCE" TEXT,
    -- identifier that the requesting system gave the row (source: MPS request file; assumed, not confirmed)
    "INTERNAL_ID" TEXT,
    -- day as of which the patient is to be found, which makes a trace repeatable (source: MPS request file)
    "AS_AT_DATE" TEXT CHECK ("AS_AT_DATE" GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
    -- NHS number: ten digits, the last a check digit (modulus 11) (source: MPS request file; NHS Data Dictionary)
    "NHS_NO" TEXT,
    -- how far the NHS number was verified (source: NHS number status indicator code, HL7 UK CareConnect; assumed, not confirmed)
    "NHS_NO_STATUS" TEXT CHECK ("NHS_NO_STATUS" IN ('01', '02', '03', '04', '05', '06', '07', '08')),
    -- surname (source: MPS request file)
    "FAMILY_NAME" TEXT,
    -- first given name; of a newborn often a placeholder (source: MPS request file)
    "GIVEN_NAME" TEXT,
    -- other given names (source: MPS request file)
    "OTHER_GIVEN_NAME" TEXT,
    -- person stated gender code (source: NHS Data Dictionary, person stated gender code; assumed, not confirmed)
    "GENDER" TEXT CHECK ("GENDER" IN ('1', '2', '9', 'X')),
    -- date of birth, year month day without separators; ages run from birth to 25 (source: MPS request file)
    "DATE_OF_BIRTH" TEXT CHECK ("DATE_OF_BIRTH" GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
    -- date of death, year month day without separators (source: MPS request file)
    "DATE_OF_DEATH" TEXT CHECK ("DATE_OF_DEATH" GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
    -- first line of the usual address; held from ADDRESS_DATE (source: MPS request file)
    "ADDRESS_LINE1" TEXT,
    -- second line of the usual address (source: MPS request file)
    "ADDRESS_LINE2" TEXT,
    -- third line of the usual address (source: MPS request file)
    "ADDRESS_LINE3" TEXT,
    -- fourth line of the usual address (source: MPS request file)
    "ADDRESS_LINE4" TEXT,
    -- fifth line of the usual address (source: MPS request file)
    "ADDRESS_LINE5" TEXT,
    -- first day on which the address is known to hold (meaning assumed) (source: MPS request file; assumed, not confirmed)
    "ADDRESS_DATE" TEXT CHECK ("ADDRESS_DATE" GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
    -- postcode of the usual address; ZZ99 codes stand for no address; held from ADDRESS_DATE (source: MPS request file)
    "POSTCODE" TEXT,
    -- ODS code of the practice: a letter and five digits; V81997 to V81999 if none; checked as practice_code (source: MPS request file; ODS codes in published NHS code)
    "GP_PRACTICE_CODE" TEXT,
    -- identifier of the health authority's registration system (source: MPS request file; assumed, not confirmed)
    "NHAIS_POSTING_ID" TEXT,
    -- telephone number, often a parent's (source: MPS request file)
    "TELEPHONE" TEXT,
    -- mobile telephone number, often a parent's (source: MPS request file)
    "MOBILE" TEXT,
    -- electronic mail address, often a parent's (source: MPS request file)
    "EMAIL" TEXT,
    -- ethnic category code of the 2001 list; it has no Gypsy, Roma, Traveller or Arab (source: NHS Data Dictionary, ethnic category code 2001; assumed, not confirmed)
    "ETHNIC_CATEGORY" TEXT CHECK ("ETHNIC_CATEGORY" IN ('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'Z', '99'))
) STRICT;
