import { address, alternatives, coded, comment, key, text, time, type SectionContract } from './column.ts';

/** Sections that say what was measured. */

export const results = {
  title: 'Results',
  item: 'observation',
  group: ['panel', 'producer', 'specimen'],
  repeats: ['alt', 'comment'],
  columns: {
    panel_id: key('Tells two panels of the same kind apart; not sent'),
    ...coded('panel_', 'The panel or order that the observation is part of (LOINC)'),
    panel_status: text('State of the panel, in the words of `status`'),
    producer_id: text("The laboratory's id, by preference its CLIA number"),
    producer_id_type: text('What that id is: `CLIA`, an OID …'),
    producer_name: text('The laboratory'),
    ...address('producer_', 'Address of the laboratory'),
    ...coded('specimen_', 'What was examined (SNOMED CT)'),
    ...coded('specimen_site_', 'Where on the body it was taken (SNOMED CT)'),
    specimen_collected_at: time('When it was taken'),
    specimen_id: text("The specimen's number"),
    ...coded('', 'What was observed (LOINC)'),
    ...alternatives,
    observed_at: time('When'),
    status: text('`final`, `preliminary`, `corrected` …: in these words, as in FHIR, or by HL7 v2 table 0085'),
    value: text('The value: a number, or words'),
    value_type: text("`PhysicalQuantity`, `Code` …, Redox's own words; by default from what the value is"),
    units: text('Units of the value, best in UCUM'),
    ...coded('value_', 'The value, where it is coded'),
    interpretation: text('`normal`, `high`, `low` …: in words, or by HL7 v2 table 0078'),
    reference_low: text('Lowest value that is normal'),
    reference_high: text('Highest value that is normal'),
    reference_text: text('What is normal, in words'),
    ...comment,
  },
} as const satisfies SectionContract;

export const vitalSigns = {
  title: 'Vital signs',
  item: 'vital sign',
  group: ['observed_at'],
  repeats: ['alt', 'comment'],
  columns: {
    observed_at: time('When; what was measured at one time is told together'),
    ...coded('', 'What was measured (LOINC)'),
    ...alternatives,
    value: text('The value, as a number'),
    units: text('Its units, best in UCUM'),
    status: text('State of the measurement; `completed` where it is over'),
    interpretation: text('`normal`, `high`, `low` …: in words, or by HL7 v2 table 0078'),
    ...coded('target_site_', 'Where on the body (SNOMED CT)'),
    ...comment,
  },
} as const satisfies SectionContract;
