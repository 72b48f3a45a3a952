/** Sections about agreements, goals and insurance. */
import type { Draft } from '../parts.ts';
import type { Item, SectionBuilder } from '../item/item.ts';
import { sectionText } from '../item/text.ts';
import { unitsBeside } from '../../values/clinical/units.ts';
import { readAgreementType, readCoverageType, readRelationship } from '../../values/insurance.ts';
import { readPhone } from '../../values/contact/telecom.ts';
import { readSex } from '../../values/person/value-sets.ts';

export const buildAdvanceDirectives: SectionBuilder<'advance_directives'> = (items) => ({
  AdvanceDirectives: items.map(directive),
  AdvanceDirectivesText: sectionText(items),
});

/** Credentials are one text here, but a list elsewhere at Redox. */
const directive = (item: Item<'advance_directives'>): Draft => ({
  ...item.codedPlus(''),
  Type: item.coded('type_'),
  ...item.period('started_at', 'ended_at'),
  ExternalReference: item.text('external_reference'),
  VerifiedBy: item.parts('verifier').map((verifier) => ({
    FirstName: verifier.text('verifier_first_name'),
    LastName: verifier.text('verifier_last_name'),
    Credentials: verifier.text('verifier_credentials'),
    DateTime: verifier.time('verifier_verified_at'),
  })),
  Custodians: item.parts('custodian').map((custodian) => ({
    FirstName: custodian.text('custodian_first_name'),
    LastName: custodian.text('custodian_last_name'),
    Credentials: custodian.text('custodian_credentials'),
    Address: custodian.address('custodian_'),
  })),
});

export const buildGoals: SectionBuilder<'goals'> = (items) => ({
  Goals: items.map(goal),
  GoalsText: sectionText(items),
});

const goal = (item: Item<'goals'>): Draft => ({
  ...item.codedPlus(''),
  Value: item.text('value'),
  CodedValue: item.coded('value_'),
  Units: unitsBeside(item.text('value') ?? '', item.text('units')),
  DateTime: item.time('recorded_at'),
  ...item.period('started_at', 'ended_at'),
  Priority: item.coded('priority_'),
  AchievementStatus: item.coded('achievement_status_'),
  Milestones: item.parts('milestone').map((step) => ({
    ...step.coded('milestone_'),
    Value: step.text('milestone_value'),
    Units: unitsBeside(step.text('milestone_value') ?? '', step.text('milestone_units')),
    DateTime: step.time('milestone_recorded_at'),
    ...step.period('milestone_started_at', 'milestone_ended_at'),
    AchievementStatus: step.coded('milestone_achievement_status_'),
  })),
  Comments: item.comments(),
});

type Insurance = Item<'insurances'>;

export const buildInsurances: SectionBuilder<'insurances'> = (items) => ({
  Insurances: items.map(insurance),
  InsurancesText: sectionText(items),
});

/** Contract dates are sent as bare dates, even where the EHR's column has a time. */
const insurance = (item: Insurance): Draft => ({
  Plan: { ...item.identifier('plan_'), Name: item.text('plan_name'), Type: item.text('plan_type') },
  MemberNumber: item.id('member_number'),
  Company: {
    ...item.identifier('company_'),
    Name: item.text('company_name'),
    Address: item.address('company_'),
    PhoneNumber: item.read('company_phone', readPhone),
  },
  GroupNumber: item.id('group_number'),
  GroupName: item.text('group_name'),
  EffectiveDate: item.date('effective_date'),
  ExpirationDate: item.date('expiration_date'),
  PolicyNumber: item.id('policy_number'),
  Priority: item.text('priority'),
  AgreementType: item.read('agreement_type', readAgreementType),
  CoverageType: item.read('coverage_type', readCoverageType),
  Insured: insured(item),
});

/** Omits the insured's social security number, because recipients can do without it. */
const insured = (item: Insurance): Draft => ({
  Identifiers: [item.identifier('insured_')],
  LastName: item.text('insured_last_name'),
  MiddleName: item.text('insured_middle_name'),
  FirstName: item.text('insured_first_name'),
  Relationship: item.read('insured_relationship', readRelationship),
  DOB: item.date('insured_birth_date'),
  Sex: item.read('insured_sex', readSex),
  Address: item.address('insured_'),
});
