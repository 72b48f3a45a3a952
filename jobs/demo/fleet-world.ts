/** The world of `fleet demo`: one Postgres with three clinics, their ledgers and the fleet's database, and a stand-in for Redox each. */
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import { type Clinic, openClinic } from '../../src/sandbox/clinic/clinic.ts';
import { startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import { type StandIn, startStandIn } from '../../src/sandbox/redox/stand-in.ts';
import { dotenvValue } from '../setup/dotenv-value.ts';
import { clear, type Place, type Server, startServer } from './place.ts';
import { firstDay } from './story.ts';

export interface FleetWorld {
  readonly folder: string;
  readonly sites: readonly { readonly name: string; readonly clinic: Clinic; readonly redox: StandIn }[];
  close(): Promise<void>;
}

const names = ['birch', 'cedar', 'maple'] as const;
const size = { patients: 200, visits: 300 };

/** Slow enough that a night can be killed in its middle. */
const answerMs = 20;

export async function openFleetWorld(place: Place): Promise<FleetWorld> {
  const { folder } = place;
  await clear(place);
  for (const name of ['fleet.env', 'sites', 'secrets', 'reports']) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  const server = await startServer(place, 'fleet');
  const opened: FleetWorld['sites'][number][] = [];
  const close = async (): Promise<void> => {
    for (const { clinic, redox } of opened) await Promise.all([clinic.close(), redox.close()]);
    await server.stop();
  };
  try {
    for (const name of ['sites', 'secrets']) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    await writeFile(
      join(folder, 'fleet.env'),
      lines({ FLEET_URL: server.url.reveal(), FLEET_HEARTBEAT: '10s', FLEET_REPORT_DIR: 'reports' }),
      { mode: 0o600 },
    );
    for (const name of names) opened.push(await openSite(name, folder, server, opened.length + 1));
    return { folder, sites: opened, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openSite(
  name: string,
  folder: string,
  server: Server,
  seed: number,
): Promise<FleetWorld['sites'][number]> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const registered = {
    clientId: `${name}-client`,
    destinationId: randomUUID(),
    organizationOid: `2.16.840.1.113883.3.6147.458.${seed}`,
    patientOid: `2.16.840.1.113883.3.6147.458.${seed}.1`,
  };
  const redox = await startStandIn({
    ...registered,
    documentOid: registered.organizationOid,
    keys: [{ kid: 'demo-key', publicKey: await exportJWK(publicKey) }],
    rateLimit: null,
  });
  redox.misbehave([{ kind: 'delay', ms: answerMs }]);
  const clinicUrl = await newDatabase(server, `clinic_${name}`);
  const clinic = await openClinic(clinicUrl);
  await clinic.build({ ...size, seed, today: firstDay });
  const secret = async (of: string, text: string): Promise<string> => {
    const path = join('secrets', `${name}-${of}`);
    await writeFile(join(folder, path), text);
    await chmod(join(folder, path), 0o600);
    return path;
  };
  const settings = {
    FLEET_NIGHTLY: '15 2 * * *',
    FLEET_GROUP: 'demo',
    EHR_URL_FILE: await secret('ehr-url', clinicUrl.reveal()),
    EHR_TIME_ZONE: 'America/Chicago',
    LEDGER_URL_FILE: await secret('ledger-url', (await newDatabase(server, `ledger_${name}`)).reveal()),
    LEDGER_KEY_FILE: await secret('ledger-key', randomBytes(32).toString('base64')),
    REDOX_BASE_URL: redox.url,
    REDOX_ENVIRONMENT: 'development',
    REDOX_CLIENT_ID: registered.clientId,
    REDOX_KEY_ID: 'demo-key',
    REDOX_PRIVATE_KEY_FILE: await secret('redox-key', JSON.stringify(privateKey.export({ format: 'jwk' }))),
    REDOX_DESTINATION_ID: registered.destinationId,
    ORGANIZATION_OID: registered.organizationOid,
    PATIENT_OID: registered.patientOid,
    // After the killed night, the next one waits this long at its end.
    CALL_TIMEOUT: '3s',
    CONFIRM_WITHIN: '0s',
    // `fleet rate` sets that of the address.
    RATE_LIMIT: '0',
  };
  await writeFile(join(folder, 'sites', `${name}.env`), lines(settings), { mode: 0o600 });
  return { name, clinic, redox };
}

async function newDatabase(server: Server, database: string): Promise<ReturnType<Server['urlOf']>> {
  const joined = await startEmbeddedPostgres({ folder: server.folder, database, durable: false });
  await joined.stop();
  return server.urlOf(database);
}

const lines = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${dotenvValue(value)}\n`)
    .join('');
