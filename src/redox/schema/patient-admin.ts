import { meta } from './meta.ts';
import { date, each, list, object, phone, type Schema, text, time, yesOrNo } from './notation.ts';
import { address, shapes } from './shapes.ts';

/**
 * PatientAdmin.NewPatient, PatientUpdate and PatientMerge, as far as they say who the patient is. What else Redox documents for
 * them (contacts, guarantors, insurances and more) this program does not tell, so it would be a mistake in its messages.
 */
const demographics: Schema = object({
  ...each(text, 'FirstName', 'MiddleName', 'LastName', 'SSN', 'Sex', 'Race', 'Religion', 'MaritalStatus', 'Language'),
  DOB: date,
  ...each(yesOrNo, 'IsHispanic', 'IsDeceased'),
  DeathDateTime: time,
  PhoneNumber: object(each(phone, 'Home', 'Office', 'Mobile')),
  EmailAddresses: list(text),
  Citizenship: list(text),
  Address: address,
});

const patientIdentifiers = list(object(each(text, 'ID', 'IDType'), ['ID', 'IDType']));

export const wholeRecord = (eventType: 'NewPatient' | 'PatientUpdate'): Schema => ({
  $defs: shapes,
  ...object(
    {
      Meta: meta('PatientAdmin', eventType),
      Patient: object(
        {
          Identifiers: patientIdentifiers,
          Demographics: demographics,
        },
        ['Identifiers'],
      ),
    },
    ['Meta', 'Patient'],
  ),
});

export const patientMerge: Schema = {
  $defs: shapes,
  ...object(
    {
      Meta: meta('PatientAdmin', 'PatientMerge'),
      Patient: object(
        {
          Identifiers: patientIdentifiers,
          PreviousIdentifiers: patientIdentifiers,
          Demographics: demographics,
        },
        ['Identifiers', 'PreviousIdentifiers'],
      ),
    },
    ['Meta', 'Patient'],
  ),
};
