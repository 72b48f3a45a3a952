import { each, type Fields, texts } from './notation.ts';
import { id } from './shapes.ts';

/** The addresses of an insurance have a `Use` in Clinical Summary, and none in PatientAdmin. */
export const insurance = (address: Fields): Fields => ({
  Plan: { ...id, ...texts('Name', 'Type') },
  Company: { ...id, Name: 'text', Address: address, PhoneNumber: 'phone' },
  ...texts('MemberNumber', 'GroupNumber', 'GroupName', 'PolicyNumber', 'Priority'),
  ...each('date', 'EffectiveDate', 'ExpirationDate'),
  AgreementType: 'agreementType',
  CoverageType: 'coverageType',
  Insured: {
    Identifiers: [id],
    ...texts('FirstName', 'MiddleName', 'LastName'),
    SSN: 'ssn',
    Relationship: 'relationToPatient',
    DOB: 'date',
    Sex: 'sex',
    Address: address,
  },
});
