import { insurance } from './insurance.ts';
import { each, type Fields, texts } from './notation.ts';
import {
  addressWithUse,
  addressWithoutCounty,
  clinician,
  coded,
  codedPlus,
  comments,
  diagnosis,
  encounterReference,
  id,
  organization,
  telecom,
} from './shapes.ts';

const careTeamMember: Fields = {
  ...texts('FirstName', 'MiddleName', 'LastName'),
  Credentials: ['text'],
  Identifiers: [id],
  Roles: [codedPlus],
  ...each('time', 'StartDateTime', 'EndDateTime'),
  Address: addressWithUse,
  Telecom: [telecom],
};

const encounter: Fields = {
  ...encounterReference,
  DischargeDisposition: codedPlus,
  Providers: [{ ...clinician, NPI: 'text', Role: codedPlus }],
  Locations: [{ Name: 'text', Type: codedPlus, Address: addressWithoutCounty, Identifiers: [id], Telecom: [telecom] }],
  Diagnosis: [diagnosis], // singular, and a list all the same
  ReasonForVisit: [codedPlus],
};

const note: Fields = {
  ...codedPlus,
  ...texts('ContentType', 'FileContents', 'Status'),
  DateTime: 'time',
  Encounter: encounterReference,
};

const service: Fields = { ...codedPlus, DateTime: 'time', Status: 'text', Comments: comments };
const procedure: Fields = { ...service, TargetSite: codedPlus };

const observation: Fields = { ...service, ...texts('Interpretation', 'Value', 'Units') };

const resultObservation: Fields = {
  ...observation,
  ...texts('ValueType', 'FileType'),
  CodedValue: codedPlus,
  // Texts, though numbers in the schema of 2021 and in FunctionalStatus to this day.
  ReferenceRange: texts('Low', 'High', 'Text'),
};

const result: Fields = {
  ...codedPlus,
  Status: 'text',
  Producer: { ...id, Name: 'text', Address: addressWithUse },
  Specimen: { ...each(coded, 'Source', 'TargetSite'), CollectionDateTime: 'time', Identifiers: ['text'] },
  Encounter: encounterReference,
  Observations: [resultObservation],
};

export const activitySections: Fields = {
  CareTeams: [
    {
      ...texts('Name', 'Status'),
      Types: [codedPlus],
      Encounter: encounterReference,
      Organization: organization,
      Members: [careTeamMember],
    },
  ],
  Encounters: [encounter],
  Insurances: [insurance(addressWithUse)],
  NoteSections: [{ ...codedPlus, ...texts('Title', 'Text'), Notes: [note] }],
  Procedures: { ...each([procedure], 'Observations', 'Procedures'), Services: [service] },
  Results: [result],
  VitalSigns: [{ DateTime: 'time', Observations: [{ ...observation, TargetSite: codedPlus }] }],
};
