-- Police: POLE Data Standards Catalogue v1.0 (person, object, location, event)
CREATE TABLE "police" (
    -- identifier of the person record within the force's system (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "person_record_id" TEXT NOT NULL PRIMARY KEY CHECK ("person_record_id" <> ''),
    -- force's own reference of the person, where officers joined records by hand (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "nominal_reference" TEXT,
    -- code of the police force: two digits; checked as police_force (source: Police National Computer force codes; assumed, not confirmed)
    "force_code" TEXT,
    -- Police National Computer identifier; its year is that of the record, not of birth; checked as pnc_id (source: HMPPS person record, published code)
    "PNCID" TEXT,
    -- Criminal Records Office number, of people who were fingerprinted (use assumed); checked as cro_number (source: HMPPS person record, published code; assumed, not confirmed)
    "CRO" TEXT,
    -- surname (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "surname" TEXT,
    -- given names, the first one first (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "forenames" TEXT,
    -- date of birth as stated or estimated (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "date_of_birth" TEXT CHECK ("date_of_birth" GLOB '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]'),
    -- sex as recorded (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "sex" TEXT CHECK ("sex" IN ('M', 'F', 'U')),
    -- self-defined ethnicity, the 16+1 list (source: Criminal Justice Hub, self-defined ethnicity 16+1)
    "self_defined_ethnicity" TEXT CHECK ("self_defined_ethnicity" IN ('W1', 'W2', 'W9', 'M1', 'M2', 'M3', 'M9', 'A1', 'A2', 'A3', 'A9', 'B1', 'B2', 'B9', 'O1', 'O9', 'NS')),
    -- appearance as an officer saw it: a measurement, not the child's ethnicity (source: Police IC codes)
    "officer_perceived_ethnicity" TEXT CHECK ("officer_perceived_ethnicity" IN ('IC1', 'IC2', 'IC3', 'IC4', 'IC5', 'IC6', 'IC9')),
    -- first line of the address given; held on event_date (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "address" TEXT,
    -- postcode of the address given; held on event_date (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "postcode" TEXT,
    -- role of the person at the event (source: POLE Data Standards Catalogue v1.0)
    "role" TEXT CHECK ("role" IN ('victim', 'witness', 'missing', 'suspect')),
    -- identifier of the event within the force's system; several people share one (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "event_id" TEXT,
    -- kind of event (codes assumed) (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "event_type" TEXT CHECK ("event_type" IN ('crime', 'incident', 'missing', 'protection', 'custody', 'stop_search')),
    -- date of the event, year first, with hyphens (source: POLE Data Standards Catalogue v1.0; assumed, not confirmed)
    "event_date" TEXT CHECK ("event_date" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT;
