import { settings, type Setting, type SettingName } from '../../../src/config/settings.ts';
import { UsageFault } from '../../../src/fault.ts';
import { text, type JobOption } from '../../frame/options.ts';

interface Question {
  readonly setting: SettingName;
  readonly flag: string;
  readonly asks: string;
  /** The answer that Enter alone gives; null if there is none. */
  readonly usually: string | null;
}

export const questionOptions = {
  ehrUrl: text(
    '--ehr-url <URL>',
    'EHR_URL: postgres://user:password@host:5432/database, mysql://…, fhir:<folder> or csv:<folder>',
  ),
  ehrTimeZone: text('--ehr-time-zone <ZONE>', 'EHR_TIME_ZONE, such as America/Chicago'),
  ledgerUrl: text('--ledger-url <URL>', 'LEDGER_URL; embedded:<FOLDER>/ledger where not given'),
  environment: text('--redox-environment <ENVIRONMENT>', 'REDOX_ENVIRONMENT; development where not given'),
  clientId: text('--redox-client-id <ID>', 'REDOX_CLIENT_ID of the OAuth API key'),
  keyId: text('--redox-key-id <ID>', 'REDOX_KEY_ID, the kid of the key'),
  destinationId: text('--redox-destination-id <ID>', "REDOX_DESTINATION_ID, the organisation's own repository"),
  organizationOid: text('--organization-oid <OID>', 'ORGANIZATION_OID as Redox issued it'),
  patientOid: text('--patient-oid <OID>', 'PATIENT_OID as Redox issued it'),
} as const satisfies Readonly<Record<string, JobOption<string | null>>>;

export type Answers = Readonly<Record<keyof typeof questionOptions, string>>;

export const questions = (folder: string): Readonly<Record<keyof Answers, Question>> => ({
  ehrUrl: {
    setting: 'EHR_URL',
    flag: '--ehr-url',
    asks: 'Where is the EHR? postgres://user:password@host:5432/database, mysql://…, fhir:<folder> with a FHIR export, or csv:<folder> with extracts',
    usually: null,
  },
  ehrTimeZone: {
    setting: 'EHR_TIME_ZONE',
    flag: '--ehr-time-zone',
    asks: 'In which time zone are its times that name none? America/New_York, America/Chicago …',
    usually: null,
  },
  ledgerUrl: {
    setting: 'LEDGER_URL',
    flag: '--ledger-url',
    asks: 'Where shall the ledger be? A Postgres, or one that is kept in a folder',
    usually: `embedded:${folder}/ledger`,
  },
  environment: {
    setting: 'REDOX_ENVIRONMENT',
    flag: '--redox-environment',
    asks: 'Which environment of Redox? development, staging or production',
    usually: 'development',
  },
  clientId: redox('REDOX_CLIENT_ID', '--redox-client-id', 'The client id of the OAuth API key (dashboard, API keys)'),
  keyId: redox('REDOX_KEY_ID', '--redox-key-id', 'The id (kid) of its public key'),
  destinationId: redox(
    'REDOX_DESTINATION_ID',
    '--redox-destination-id',
    "The id of the organisation's own destination",
  ),
  organizationOid: redox('ORGANIZATION_OID', '--organization-oid', "The organisation's OID, as Redox issued it"),
  patientOid: redox('PATIENT_OID', '--patient-oid', 'The OID of its patient ids, as Redox issued it'),
});

const redox = (setting: SettingName, flag: string, asks: string): Question => ({ setting, flag, asks, usually: null });

/** Invented values for the local stand-in, which accepts any. */
export const sandboxAnswers = {
  environment: 'development',
  clientId: 'sandbox-client',
  keyId: 'sandbox-key',
  destinationId: '0f4bd1d1-451d-4351-8cfd-b767d1b488d6',
  organizationOid: '2.16.840.1.113883.3.6147.458.2',
  patientOid: '2.16.840.1.113883.3.6147.458.2.1',
} as const satisfies Partial<Answers>;

/** What is wrong with an answer, in the words of the configuration; null if it is valid. */
export function faultOf(name: SettingName, answer: string): string | null {
  const setting: Setting = settings[name];
  const read = setting.format.safeParse(answer);
  if (read.success) return null;
  const clause = read.error.issues.find(({ message }) => message.startsWith('which '))?.message ?? 'which does not fit';
  return `That is a value ${clause}; expected ${setting.expected}.`;
}

/** Without a terminal: takes every answer from its flag, or throws one fault that names the missing flags. */
export function answersFrom(
  given: Readonly<Record<keyof Answers, string | null>>,
  asked: ReturnType<typeof questions>,
): Answers {
  const faults: string[] = [];
  const answers = Object.entries(asked).map(([name, { setting, flag, usually }]) => {
    const answer = given[name as keyof Answers] ?? usually ?? '';
    if (answer === '') faults.push(`${flag} is missing (${settings[setting].expected}).`);
    else {
      const wrong = faultOf(setting, answer);
      if (wrong !== null) faults.push(`${flag}: ${wrong}`);
    }
    return [name, answer] as const;
  });
  if (faults.length === 0) return Object.fromEntries(answers) as unknown as Answers;
  throw new UsageFault(
    [
      'init asks at a terminal, and this is none; nothing was written. Give what it needs by flags (--sandbox makes up those of Redox):',
      ...faults,
    ].join('\n  '),
  );
}
