import {
  alternatives,
  amount,
  boolean,
  coded,
  comment,
  count,
  futurePeriod,
  futureTime,
  id,
  line,
  number,
  text,
  time,
  unprinted,
  type SectionContract,
} from './column.ts';

/** Sections about what was done and given, and what is planned. */

/** Shared by prescribing, giving and planning a medication. */
const dosing = {
  ...amount('dose', 'The dose'),
  ...amount('rate', 'The rate'),
  ...coded('route_', 'The route (NCI Thesaurus, SNOMED CT)'),
  frequency_period: number('How long from one dose to the next, as a number'),
  frequency_unit: line('Its units: `h`, `d` …'),
};

export const medications = {
  title: 'Medications',
  item: 'medication',
  group: [],
  repeats: ['alt', 'indication', 'administration'],
  columns: {
    kind: unprinted(
      line('`current` (default), `discharge` (to be taken after discharge) or `administered` (during the visit)'),
    ),
    ...coded('', 'The product (RxNorm)'),
    ...alternatives,
    status: line('`active`, `completed` …'),
    ...futurePeriod,
    sig: text('How to take it, in words'),
    ...dosing,
    frequency_period_max: number('Longest time from one dose to the next, where `frequency_period` is the shortest'),
    frequency_event: line('The event that times the doses: `AC` before meals, `HS` at bedtime … (HL7 TimingEvent)'),
    frequency_institution_specified: boolean('True: the institution sets the hours'),
    as_needed: boolean('True: to be taken as needed'),
    prescription: boolean('True: only on prescription'),
    refills_remaining: count('How many refills are left'),
    total_refills: count('How many refills there were'),
    last_refill_at: time('When it was last refilled'),
    supply_started_at: futureTime('Supply order: from when'),
    supply_ended_at: futureTime('Supply order: until when'),
    ...amount('supply_quantity', 'Supply order: how much'),
    supply_refills_remaining: count('Supply order: how many refills are left'),
    reason_not_given: text('For `administered`: why it was not given'),
    ...coded('indication_', 'What it is for (SNOMED CT, ICD-10-CM)'),
    administration_started_at: time('One administration: from when'),
    administration_ended_at: time('One administration: until when'),
  },
} as const satisfies SectionContract;

export const immunizations = {
  title: 'Immunizations',
  item: 'immunization',
  group: [],
  repeats: ['alt'],
  columns: {
    given_at: time('When it was given'),
    ...coded('', 'The vaccine (CVX)'),
    ...alternatives,
    status: line('`completed`, or `not done`'),
    ...amount('dose', 'The dose'),
    ...coded('route_', 'The route (NCI Thesaurus, SNOMED CT)'),
    manufacturer: line('The manufacturer'),
    lot_number: id('Number of its lot'),
    reason_not_given: text('Why it was not given'),
  },
} as const satisfies SectionContract;

export const procedures = {
  title: 'Procedures',
  item: 'procedure',
  group: [],
  repeats: ['alt', 'comment'],
  columns: {
    kind: unprinted(
      line('`procedure` (default), which alters the body, `observation`, which only examines it, or `service`'),
    ),
    ...coded('', 'What was done (SNOMED CT, CPT, ICD-10-PCS)'),
    ...alternatives,
    performed_at: time('When it was performed'),
    status: line('`completed`, `active`, `aborted` or `cancelled`'),
    ...coded('target_site_', 'Where on the body (SNOMED CT); a `service` has none'),
    ...comment,
  },
} as const satisfies SectionContract;

export const planOfCare = {
  title: 'Plan of care',
  item: 'planned activity',
  group: [],
  repeats: ['alt'],
  columns: {
    kind: unprinted(line('`order` (default), `procedure`, `encounter`, `supply`, `service` or `medication`')),
    ...coded('', 'What is planned'),
    ...alternatives,
    status: line('`request` (it is ordered) or `intent` (it is intended)'),
    planned_at: futureTime('For when'),
    planned_until: futureTime('For `medication`: until when'),
    planned_encounter_id: id('For `encounter`: its id'),
    ...dosing,
  },
} as const satisfies SectionContract;

export const medicalEquipment = {
  title: 'Medical equipment',
  item: 'device',
  group: [],
  repeats: ['alt', 'safety', 'comment'],
  columns: {
    ...coded('', 'The device (SNOMED CT, GMDN)'),
    ...alternatives,
    status: line('`completed`, `active` …'),
    started_at: time('Since when'),
    quantity: number('How many'),
    udi: id('Its unique device identifier, as printed on it'),
    device_identifier: id('Its device identifier (UDI-DI), which identifies the model'),
    issuer: line('Who issued the identifier: `GS1`, `HIBCC` …'),
    brand_name: line('Its brand'),
    catalog_number: id('Its number in the catalogue'),
    model_number: id('Number of its model'),
    serial_number: id('Its own number'),
    lot_number: id('Number of its lot'),
    manufacturer: line('The manufacturer'),
    manufactured_at: time('When it was made'),
    expires_at: futureTime('When it expires'),
    distinct_id: id('Its identification code as tissue or cell product'),
    ...coded('safety_', 'Its safety, such as in magnetic resonance imaging'),
    ...coded('procedure_', 'The procedure that implanted it'),
    ...coded('target_site_', 'Where on the body (SNOMED CT)'),
    ...comment,
  },
} as const satisfies SectionContract;

export const supplies = {
  title: 'Supplies',
  item: 'supply',
  group: [],
  repeats: ['alt'],
  columns: {
    ...coded('', 'What the patient depends on: a walking stick, oxygen … (SNOMED CT)'),
    ...alternatives,
    status: line('`completed`, `active` …'),
    supplied_at: time('When it was supplied'),
  },
} as const satisfies SectionContract;
