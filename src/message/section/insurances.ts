import { readAgreementType, readCoverageType, readRelationship } from '../../values/insurance.ts';
import { readPhone } from '../../values/contact/telecom.ts';
import { readSex } from '../../values/person/value-sets.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

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
