import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import type { Secret } from '../../src/secret.ts';
import { type Clinic, openClinic } from '../../src/sandbox/clinic/clinic.ts';
import { dataIn } from '../../src/sandbox/embedded-postgres-folder.ts';
import { type StandIn, startStandIn } from '../../src/sandbox/redox/stand-in.ts';
import { type Place, type Server, startServer } from './place.ts';

/** A user-level key, and numbers of the dashboard; nobody's either. */
const platform = { clientId: 'demo-user', organizationId: '1', environmentId: 'demo-environment' };

/** The demo's world: a Postgres with the clinic in it and room for the ledger, and the stand-in for Redox. */
export interface Site {
  readonly clinic: Clinic;
  readonly clinicUrl: Secret;
  readonly redox: StandIn;
  /** The site's configuration, as a job reads it from the environment. */
  readonly settings: Readonly<Record<string, string>>;
  /** False if the Postgres, and so the ledger, is gone when the site is closed. */
  readonly isKept: boolean;
  close(): Promise<void>;
}

/** Under these the clinic is set up at the stand-in; they are examples and nobody's. */
const names = {
  clientId: 'demo-client',
  keyId: 'demo-key',
  destinationId: '0f4bd1d1-451d-4351-8cfd-b767d1b488d6',
  organizationOid: '2.16.840.1.113883.3.6147.458.2',
  patientOid: '2.16.840.1.113883.3.6147.458.2.1',
};

export async function openSite(place: Place): Promise<Site> {
  const server = await startServer(place, 'clinic');
  const abandon = (): void => {
    abandonServer(server);
  };
  // A second signal skips the clean end.
  process.once('exit', abandon);
  const stopServer = async (): Promise<void> => {
    await server.stop();
    process.off('exit', abandon);
  };
  try {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const keys = [{ kid: names.keyId, publicKey: await exportJWK(publicKey) }];
    const redox = await startStandIn({
      ...names,
      documentOid: names.organizationOid,
      keys,
      platform: { ...platform, keys },
      // Redox takes 7,500 calls in five minutes, and the demo has not the time.
      rateLimit: null,
    });
    const clinic = await openClinic(server.url);
    return {
      clinic,
      clinicUrl: server.url,
      redox,
      settings: {
        EHR_URL: server.url.reveal(),
        EHR_CONTRACT: 'sql/ehr/demo',
        EHR_TIME_ZONE: 'America/Chicago',
        LEDGER_URL: `embedded:${server.folder}`,
        LEDGER_KEY: randomBytes(32).toString('base64'),
        REDOX_BASE_URL: redox.url,
        REDOX_ENVIRONMENT: 'development',
        REDOX_CLIENT_ID: names.clientId,
        REDOX_KEY_ID: names.keyId,
        REDOX_PRIVATE_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
        REDOX_DESTINATION_ID: names.destinationId,
        ORGANIZATION_OID: names.organizationOid,
        PATIENT_OID: names.patientOid,
        REDOX_PLATFORM_CLIENT_ID: platform.clientId,
        REDOX_PLATFORM_KEY_ID: names.keyId,
        REDOX_PLATFORM_PRIVATE_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
        REDOX_ORGANIZATION_ID: platform.organizationId,
        REDOX_ENVIRONMENT_ID: platform.environmentId,
        PLATFORM_RATE_LIMIT: '0',
        RATE_LIMIT: '0',
        // After the killed night, the next one waits this long at its end.
        CALL_TIMEOUT: '3s',
        REPORT_DIR: place.reports,
      },
      isKept: server.isKept,
      close: async () => {
        await clinic.close();
        await redox.close();
        await stopServer();
      },
    };
  } catch (error) {
    await stopServer();
    throw error;
  }
}

/** Ends the server synchronously, because the process is exiting. */
function abandonServer({ folder, isKept }: Server): void {
  const pidFile = join(dataIn(folder), 'postmaster.pid');
  if (existsSync(pidFile)) process.kill(Number.parseInt(readFileSync(pidFile, 'utf8')), 'SIGQUIT');
  if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
