import type { JsonObject, JsonValue } from '../../../src/json.ts';

/** Every section of VisitPush with every field, written by hand from Redox's field lists. */

const code: JsonObject = {
  Code: '55561003',
  CodeSystem: '2.16.840.1.113883.6.96',
  CodeSystemName: 'SNOMED CT',
  Name: 'Active',
};
const codePlus: JsonObject = { ...code, AltCodes: [code] };
const id: JsonObject = { ID: '1', IDType: 'X' };
const period: JsonObject = { StartDate: '2024-01-02', EndDate: '2024-01-03T04:05:06.000Z' };
const quantity: JsonObject = { Quantity: '4', Units: 'mg' };
const Comments: JsonValue = [{ Text: 'As told' }];
const Telecom: JsonValue = [{ System: 'phone', Use: 'WP', Value: '+16085550000' }];
const address: JsonObject = { StreetAddress: '1 Main St', City: 'Madison', State: 'WI', ZIP: '53703', Country: 'US' };
const fullAddress: JsonObject = { ...address, County: 'Dane', Use: 'WP' };
const location: JsonObject = {
  Type: null,
  Facility: 'Clinic',
  FacilityIdentifiers: [id],
  Department: 'ED',
  DepartmentIdentifiers: [id],
  Room: '1',
};
const encounter: JsonObject = {
  DateTime: '2024-01-02',
  EndDateTime: '2024-01-02T03:04:05.000Z',
  Identifiers: [id],
  Status: 'completed',
  Type: codePlus,
};
const diagnosis: JsonObject = { ...codePlus, ...period, Status: code, IsNegativeIndicator: false, Comments };
const Frequency: JsonObject = { Period: '8', Unit: 'h' };
const planned: JsonObject = {
  ...period,
  Status: 'Intent',
  Dose: quantity,
  Rate: quantity,
  Route: codePlus,
  Frequency,
  Product: codePlus,
};
const medication: JsonObject = {
  ...planned,
  Prescription: true,
  FreeTextSig: 'One every eight hours',
  Frequency: { ...Frequency, PeriodMax: '12', EventCode: null, InstitutionSpecified: false },
  IsPRN: false,
  Indications: [codePlus],
  NumberOfRefillsRemaining: 2,
  TotalRefills: 3,
  LastRefillDate: '2024-01-02',
  SupplyOrder: { ...period, ...quantity, NumberOfRefillsRemaining: 1 },
  AdministrationHistory: [period],
};
const problem: JsonObject = { ...codePlus, ...period, Category: codePlus, Status: code, Comment: 'Old', Comments };
const activity: JsonObject = { ...codePlus, Status: 'completed', DateTime: '2024-01-02' };
const procedure: JsonObject = { ...activity, TargetSite: codePlus, Comments };
const milestone: JsonObject = {
  ...codePlus,
  ...period,
  Value: '70',
  CodedValue: codePlus,
  Units: 'kg',
  DateTime: '2024-01-02',
  Priority: code,
  AchievementStatus: code,
};
const observation: JsonObject = {
  ...codePlus,
  Status: 'completed',
  Interpretation: 'Normal',
  DateTime: '2024-01-02T03:04:05.000Z',
  Value: '120',
  Units: 'mm[Hg]',
  Comments,
};

export const sections: Readonly<Record<string, JsonValue>> = {
  AdmissionDiagnosis: [diagnosis],
  AdvanceDirectives: [
    {
      ...codePlus,
      ...period,
      Type: codePlus,
      ExternalReference: 'ref',
      VerifiedBy: [{ FirstName: 'A', LastName: 'B', Credentials: 'MD', DateTime: '2024-01-02' }],
      Custodians: [{ FirstName: 'A', LastName: 'B', Credentials: 'MD', Address: address }],
    },
  ],
  Allergies: [
    {
      ...period,
      Type: codePlus,
      Substance: codePlus,
      Reaction: [{ ...codePlus, Severity: code, Text: 'Hives' }],
      Severity: code,
      Criticality: code,
      Status: code,
      Comment: 'Old',
      Comments,
      IsNegativeIndicator: false,
    },
  ],
  Assessment: {
    Diagnoses: [{ Value: 'Asthma', DateTime: '2024-01-02', IsNegativeIndicator: false, Codes: [code], Comments }],
  },
  CareTeams: [
    {
      Name: 'Team',
      Status: 'active',
      Types: [codePlus],
      Encounter: encounter,
      Organization: { Name: 'Clinic', Identifiers: [id], Type: codePlus, Address: fullAddress, Telecom },
      Members: [
        {
          FirstName: 'A',
          MiddleName: 'M',
          LastName: 'B',
          Credentials: ['MD'],
          Identifiers: [id],
          Roles: [codePlus],
          StartDateTime: '2024-01-02T03:04:05.000Z',
          EndDateTime: null,
          Address: fullAddress,
          Telecom,
        },
      ],
    },
  ],
  DischargeDiagnosis: [diagnosis],
  DischargeMedications: [medication],
  Encounters: [
    {
      ...encounter,
      DischargeDisposition: codePlus,
      Providers: [
        {
          ...id,
          NPI: '4356789876',
          FirstName: 'A',
          LastName: 'B',
          Credentials: ['MD'],
          Address: { ...address, County: 'Dane' },
          EmailAddresses: ['a@example.org'],
          PhoneNumber: { Office: '+16085550000' },
          Location: location,
          Role: codePlus,
        },
      ],
      Locations: [{ Name: 'Clinic', Type: codePlus, Address: address, Identifiers: [id], Telecom }],
      Diagnosis: [diagnosis],
      ReasonForVisit: [codePlus],
    },
  ],
  FamilyHistory: [
    {
      Relation: { ...code, Demographics: { Sex: 'Female', DOB: '1950-01-02' }, IsDeceased: false },
      Problems: [{ ...codePlus, Type: code, DateTime: '1990-01-02', AgeAtOnset: '40', IsCauseOfDeath: false }],
    },
  ],
  FunctionalStatus: {
    Observations: [
      {
        ...codePlus,
        Value: '5',
        CodedValue: codePlus,
        Units: null,
        DateTime: '2024-01-02',
        ReferenceRange: { Low: 1, High: 5, Text: '1 to 5' },
        Comments,
      },
    ],
    Supplies: [activity],
  },
  Goals: [{ ...milestone, Milestones: [milestone], Comments }],
  HealthConcerns: [
    {
      ...codePlus,
      ...period,
      Category: codePlus,
      ConcernType: 'Risk',
      Status: 'active',
      Value: '1',
      Units: 'kg',
      Interpretation: 'Normal',
      TargetSite: codePlus,
      Comments,
    },
  ],
  Immunizations: [
    {
      DateTime: '2024-01-02',
      Status: 'completed',
      Route: codePlus,
      Product: { ...codePlus, Manufacturer: 'Acme', LotNumber: '7' },
      Dose: quantity,
      ReasonNotGiven: null,
      AdministrationHistory: [period],
    },
  ],
  Instructions: [{ ...codePlus, Text: 'Rest' }],
  Insurances: [
    {
      Plan: { ...id, Name: 'HMO', Type: null },
      Company: { ...id, Name: 'Acme', Address: fullAddress, PhoneNumber: '+18089541123' },
      MemberNumber: '52039583',
      GroupNumber: '847025-024-0009',
      GroupName: 'Accelerator Labs',
      PolicyNumber: '12345',
      Priority: '1',
      EffectiveDate: '2024-01-01',
      ExpirationDate: '2024-12-31',
      AgreementType: 'Standard',
      CoverageType: 'Patient',
      Insured: {
        Identifiers: [id],
        FirstName: 'A',
        MiddleName: 'M',
        LastName: 'B',
        SSN: '101-01-0001',
        Relationship: 'Self',
        DOB: '1970-02-28',
        Sex: 'Female',
        Address: fullAddress,
      },
    },
  ],
  MedicalEquipment: [
    {
      Status: 'completed',
      StartDate: '2024-01-02',
      Quantity: '1',
      Product: {
        ...codePlus,
        Status: code,
        Identifiers: [id],
        DeviceID: '1',
        Issuer: 'FDA',
        BrandName: 'Acme',
        CatalogNumber: '2',
        ModelNumber: '3',
        SerialNumber: '4',
        LotNumber: '5',
        ManufacturerName: 'Acme',
        ManufactureDate: '2023-01-02',
        ExpirationDate: '2033-01-02',
        DistinctID: '6',
        SafetyObservations: [codePlus],
      },
      Procedure: { ...codePlus, TargetSite: codePlus },
      Comments,
    },
  ],
  Medications: [medication],
  MedicationsAdministered: [{ ...planned, ReasonNotGiven: null, AdministrationHistory: [period] }],
  NoteSections: [
    {
      ...codePlus,
      Title: 'Notes',
      Text: '<paragraph>Well</paragraph>',
      Notes: [
        {
          ...codePlus,
          ContentType: 'text/plain',
          FileContents: 'Well',
          DateTime: '2024-01-02',
          Status: 'completed',
          Encounter: encounter,
        },
      ],
    },
  ],
  PlanOfCare: {
    Orders: [activity],
    Procedures: [activity],
    Encounters: [{ ...activity, Identifiers: [id] }],
    Supplies: [activity],
    Services: [activity],
    MedicationAdministration: [planned],
  },
  Problems: [{ ...problem, HealthStatus: codePlus }],
  Procedures: { Observations: [procedure], Procedures: [procedure], Services: [{ ...activity, Comments }] },
  ReasonForVisit: [{ ...codePlus, Category: codePlus }],
  ResolvedProblems: [problem],
  Results: [
    {
      ...codePlus,
      Status: 'Final',
      Producer: { ...id, Name: 'Lab', Address: fullAddress },
      Specimen: {
        Source: code,
        TargetSite: code,
        CollectionDateTime: '2024-01-02T03:04:05.000Z',
        Identifiers: ['S1'],
      },
      Encounter: encounter,
      Observations: [
        {
          ...observation,
          ValueType: 'PhysicalQuantity',
          FileType: null,
          CodedValue: codePlus,
          ReferenceRange: { Low: '90', High: '140', Text: null },
        },
      ],
    },
  ],
  SocialHistory: {
    Observations: [{ ...codePlus, ...period, Value: codePlus, ValueText: 'No', Units: null, Comments }],
    Pregnancy: [{ ...period, EstimatedDelivery: '2024-09-01', Comments }],
    TobaccoUse: [{ ...codePlus, ...period, IsSmokingStatus: true, Comments }],
  },
  VitalSigns: [{ DateTime: '2024-01-02T03:04:05.000Z', Observations: [{ ...observation, TargetSite: codePlus }] }],
};

/** The narrative beside each coded section; a note section has its own inside. */
export const narrativeOf: Readonly<Record<string, string>> = {
  Allergies: 'AllergyText',
  Immunizations: 'ImmunizationText',
  Results: 'ResultText',
};

export const narrativesAlone = [
  'ChiefComplaintText',
  'HistoryOfPresentIllnessText',
  'InterventionsText',
  'MedicalHistoryText',
  'ObjectiveText',
  'PhysicalExamText',
  'ReasonForReferralText',
  'ReviewOfSystemsText',
  'SubjectiveText',
];
