import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { examine } from '../../src/config/examine.ts';
import { ehrUrl, ledgerUrl } from '../../src/config/format/addresses.ts';
import { everyPart } from '../../src/config/settings.ts';
import { contractTemplate, extractHeaders } from '../../src/contract/contract-template.ts';
import { exitCodes, Fault, UsageFault } from '../../src/fault.ts';
import { readableTables } from '../../src/ehr/readable-tables.ts';
import { askPerson } from './init/ask.ts';
import { shippedContract, shippedNames } from './init/shipped-contract.ts';
import { fillExample, ledgerKeyOf, writeKeyPair, writeSecret, type KeyFiles } from './init/env-file.ts';
import { answersFrom, questionOptions, questions, sandboxAnswers, type Answers } from './init/question.ts';
import { defineJob, type JobContext, type Manual } from '../frame/job.ts';
import { flag, optionalArgument, text } from '../frame/options.ts';

const manual: Manual = {
  what: 'Creates a folder to start from: an env file from .env.example with your answers, a LEDGER_KEY and a key pair for Redox, and a contract folder: a copy of one that ships (--ehr, for FHIR files us-core), or a SELECT per query and clinical section, in which comments explain every column; for CSV extracts also the header line of each file. If EHR_URL is a database that can be reached, the SELECTs also list the tables that its role can read.',
  when: 'Once, before anything else. docs/your-ehr.md continues from there.',
  reads: 'Your answers at the terminal, or the flags; the names of tables in the EHR.',
  writes:
    'FOLDER/.env and FOLDER/redox-private-key.pem, readable by their owner only, FOLDER/redox-public-key.jwk.json, FOLDER/contract/*.sql, FOLDER/contract/sections/*.sql, for extracts FOLDER/extract-headers/*.csv, and the folder for reports. Existing SQL files and keys are kept; an env file is replaced only with --overwrite, and its LEDGER_KEY is kept.',
  repeat: 'Yes.',
  stop: 'Ctrl-C or the end of input: nothing is written before the last question is answered.',
  exitCodes: [exitCodes.done, exitCodes.stopped, exitCodes.usage, exitCodes.bug],
  examples: [
    'redox-reconcile init clinic',
    'redox-reconcile init clinic --ehr us-core --ehr-url fhir:/srv/export --ehr-time-zone America/Chicago',
    'redox-reconcile init clinic --ehr openmrs',
    'redox-reconcile init clinic --sandbox --ehr-url "$EHR_URL" --ehr-time-zone America/Chicago',
    'redox-reconcile doctor --env-file clinic/.env',
  ],
};

export const init = defineJob({
  manual,
  options: {
    folder: optionalArgument('[FOLDER]', 'the folder; default redox-reconcile-site'),
    ...questionOptions,
    privateKeyFile: text('--redox-private-key-file <FILE>', 'REDOX_PRIVATE_KEY_FILE; default a new key pair'),
    contract: text('--ehr-contract <FOLDER>', 'EHR_CONTRACT, if you have one; default a new one to fill in'),
    ehr: text(
      '--ehr <NAME>',
      `a contract that ships, to begin with: ${shippedNames().join(', ')}; for FHIR files us-core`,
    ),
    sandbox: flag('--sandbox', "for a trial without Redox: the stand-in's address, and made-up ids"),
    overwrite: flag('--overwrite', 'replace an existing env file'),
  },
  run: async (context, { folder: named, privateKeyFile, contract, ehr, sandbox, overwrite, ...given }) => {
    const folder = resolve(named ?? 'redox-reconcile-site');
    const envFile = join(folder, '.env');
    if (existsSync(envFile) && !overwrite) {
      throw new UsageFault(
        `${envFile} already exists, and nothing was written. Name another folder, or add --overwrite.`,
      );
    }
    if (ehr !== null) await shippedContract(ehr);
    const asked = questions(folder);
    const known = sandbox ? { ...given, ...withoutNulls(sandboxAnswers, given) } : given;
    const isTerminal = process.stdin.isTTY && context.stdout.isTTY === true;
    const answers = isTerminal ? await askPerson(context, known, asked) : answersFrom(known, asked);
    const contractFolder = contract ?? join(folder, 'contract');
    const { kind } = ehrUrl.parse(answers.ehrUrl);
    const shipped = ehr ?? (kind === 'fhir' ? 'us-core' : null);
    const contractOf = async (): Promise<Readonly<Record<string, string>>> =>
      shipped === null
        ? contractTemplate(await tablesOf(context, answers), kind === 'mysql' ? 'mysql' : 'postgres')
        : shippedContract(shipped);
    try {
      // Others may enter the folder: if root keeps an embedded ledger in it, Postgres runs as another user.
      await mkdir(folder, { recursive: true, mode: 0o755 });
      const kept = contract === null ? await writeMissing(contractFolder, await contractOf()) : [];
      const isExtract = kind === 'csv' && shipped === null;
      // Beside the extract, never in it: a file with nothing but its header would be read as one from which all rows are gone.
      if (isExtract) await writeMissing(headersIn(folder), extractHeaders());
      const key = privateKeyFile === null ? await writeKeyPair(folder, answers.keyId) : null;
      const privateKey = privateKeyFile === null ? (key?.privateKey ?? '') : resolve(privateKeyFile);
      const values = valuesOf(answers, {
        folder,
        contractFolder,
        privateKey,
        sandbox,
        ledgerKey: ledgerKeyOf(envFile),
      });
      await writeSecret(envFile, await fillExample(values));
      await mkdir(join(folder, 'reports'), { recursive: true, mode: 0o700 });
      checkItFits(envFile);
      printNextSteps(context, {
        envFile,
        contractFolder,
        isTemplate: contract === null && shipped === null,
        shipped: contract === null ? shipped : null,
        headers: isExtract ? headersIn(folder) : null,
        kept,
        key,
        sandbox,
      });
    } catch (error) {
      if (!(error instanceof Error) || !('syscall' in error)) throw error;
      throw new UsageFault(`Could not write to ${folder}: ${error.message}. Name a folder that you can write.`, {
        cause: error,
      });
    }
    return exitCodes.done;
  },
});

const headersIn = (folder: string): string => join(folder, 'extract-headers');

/** A flag wins over the value that --sandbox would choose. */
const withoutNulls = (made: Partial<Answers>, given: Readonly<Record<string, string | null>>): Partial<Answers> =>
  Object.fromEntries(Object.entries(made).filter(([name]) => (given[name] ?? null) === null));

interface Places {
  readonly folder: string;
  readonly contractFolder: string;
  readonly privateKey: string;
  readonly ledgerKey: string;
  readonly sandbox: boolean;
}

const valuesOf = (
  answers: Answers,
  { folder, contractFolder, privateKey, ledgerKey, sandbox }: Places,
): Readonly<Record<string, string>> => ({
  EHR_URL: withWholePath(answers.ehrUrl, ehrUrl),
  EHR_CONTRACT: contractFolder,
  EHR_TIME_ZONE: answers.ehrTimeZone,
  LEDGER_URL: withWholePath(answers.ledgerUrl, ledgerUrl),
  LEDGER_KEY: ledgerKey,
  ...(sandbox ? { REDOX_BASE_URL: 'http://127.0.0.1:8787', RATE_LIMIT: '0' } : {}),
  REDOX_ENVIRONMENT: answers.environment,
  REDOX_CLIENT_ID: answers.clientId,
  REDOX_KEY_ID: answers.keyId,
  REDOX_PRIVATE_KEY_FILE: privateKey,
  REDOX_DESTINATION_ID: answers.destinationId,
  ORGANIZATION_OID: answers.organizationOid,
  PATIENT_OID: answers.patientOid,
  REPORT_DIR: join(folder, 'reports'),
});

/** A job may be started from anywhere. */
function withWholePath(url: string, format: typeof ehrUrl | typeof ledgerUrl): string {
  const named = format.parse(url);
  return 'folder' in named ? `${named.kind}:${named.folder}` : url.trim();
}

/** A longer list of table names is no help. */
const shownTables = 200;

/** Optional: `init` goes on if the EHR is unreachable. */
async function tablesOf({ print }: JobContext, { ehrUrl: url, ehrTimeZone }: Answers): Promise<string[]> {
  const source = ehrUrl.parse(url);
  if (source.kind === 'csv' || source.kind === 'fhir') return [];
  try {
    return await readableTables(source.url, ehrTimeZone, shownTables);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    print(`The names of its tables are left out of the contract. ${error.message}`);
    return [];
  }
}

/** Writes the missing files, and returns the names of those that exist. */
async function writeMissing(folder: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const kept: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    if (existsSync(path)) kept.push(name);
    else await writeFile(path, content, { mode: 0o644 });
  }
  return kept;
}

/** As `show-config` would; only what was given by flag and is no setting of its own can be wrong here. */
function checkItFits(envFile: string): void {
  const { faults } = examine({}, { envFiles: [envFile], requires: new Set(everyPart) });
  if (faults.length > 0) throw new UsageFault([`${envFile} was written, but does not fit:`, ...faults].join('\n  '));
}

interface Written {
  readonly envFile: string;
  readonly contractFolder: string;
  readonly isTemplate: boolean;
  /** The contract that was copied. */
  readonly shipped: string | null;
  /** Folder of an extract's header lines; null for a database. */
  readonly headers: string | null;
  readonly kept: readonly string[];
  readonly key: (KeyFiles & { readonly isNew: boolean }) | null;
  readonly sandbox: boolean;
}

function printNextSteps(
  { print }: JobContext,
  { envFile, contractFolder, isTemplate, shipped, headers, kept, key, sandbox }: Written,
): void {
  print(`Wrote ${envFile}; keep it as safe as the passwords and the LEDGER_KEY in it.`);
  if (kept.length > 0) print(`Kept what stood in ${contractFolder}: ${kept.join(', ')}.`);
  if (key !== null && !key.isNew) print(`Kept ${key.privateKey}.`);
  print('');
  print('Next:');
  if (isTemplate) print(`  fill in the SELECTs in ${contractFolder}; docs/your-ehr.md shows how`);
  const page = join(contractFolder, 'README.md');
  if (shipped !== null && existsSync(page))
    print(`  read ${page}: what the contract ${shipped} does, and what to check`);
  if (headers !== null) print(`  have the EHR export what it knows of the columns in ${headers}`);
  if (key?.isNew === true && !sandbox) print(`  save the public key at Redox (dashboard, API keys): ${key.publicKey}`);
  if (sandbox) print(`  redox-reconcile sandbox --port 8787 --env-file ${envFile}   # in a terminal of its own`);
  print(`  redox-reconcile doctor --env-file ${envFile}`);
  print(`  redox-reconcile nightly --plan-only --env-file ${envFile}`);
}
