import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { exportJWK } from 'jose';
import type { RedoxConfig } from '../../src/config/config.ts';
import { wholeNumber } from '../../src/config/format/formats.ts';
import { exitCodes } from '../../src/fault.ts';
import { startStandIn } from '../../src/sandbox/redox/stand-in.ts';
import { defineJob, type Manual } from '../frame/job.ts';
import { typed } from '../frame/options.ts';

const manual: Manual = {
  what: 'Runs the local stand-in for Redox: a token endpoint, and /endpoint, which checks every message strictly against what Redox documents. GET /state shows what Redox would have, POST /misbehave makes it fail, POST /travel delays messages behind their 200, POST /answers sets how it answers queries, POST /tamper changes what it has. With the REDOX_PLATFORM_… settings it also answers searches of its logs.',
  when: 'To try a contract or a change without an account. Set REDOX_BASE_URL to the URL that it prints, and start any job.',
  reads:
    'REDOX_CLIENT_ID, REDOX_KEY_ID, REDOX_PRIVATE_KEY and those of REDOX_PLATFORM_… (it registers the public halves), the OIDs and the destination.',
  writes: 'Nothing: its data is gone when it ends.',
  repeat: 'Yes.',
  stop: 'SIGTERM or SIGINT.',
  exitCodes: [exitCodes.done, exitCodes.usage, exitCodes.bug],
  examples: ['redox-reconcile sandbox', 'redox-reconcile sandbox --port 8787'],
};

export const sandbox = defineJob({
  manual,
  options: {
    port: typed(
      '--port <N>',
      'port on this machine; default any free port',
      wholeNumber(1, 65_535),
      'a number from 1 to 65535',
    ),
  },
  run: async ({ config, signal, print }, { port }) => {
    const { redox, platform } = config('redox');
    const standIn = await startStandIn({
      ...(port === null ? {} : { port }),
      ...(await registered(redox)),
      ...(platform === null ? {} : { platform: { ...platform, ...(await registered(platform)) } }),
      patientOid: redox.patientOid,
      organizationOid: redox.organizationOid,
      documentOid: redox.documentOid,
      destinationId: redox.destinationId,
      ...(redox.sourceId === null ? {} : { sourceId: redox.sourceId }),
    });
    print(`The stand-in for Redox listens at ${standIn.url}. Set REDOX_BASE_URL to it; stop it with Ctrl-C.`);
    if (!signal.aborted) await once(signal, 'abort');
    await standIn.close();
    return exitCodes.done;
  },
});

/** As the dashboard would have it: the client, and the public half of its key. */
async function registered({ credentials }: Pick<RedoxConfig, 'credentials'>): Promise<{
  clientId: string;
  keys: { kid: string; publicKey: Awaited<ReturnType<typeof exportJWK>> }[];
  legacy?: { apiKey: string; secret: string };
}> {
  if (credentials.kind === 'legacy') {
    return {
      clientId: credentials.apiKey,
      keys: [],
      legacy: { apiKey: credentials.apiKey, secret: credentials.apiSecret.reveal() },
    };
  }
  const text = credentials.privateKey.reveal();
  const key = text.trimStart().startsWith('{')
    ? createPublicKey({ key: JSON.parse(text) as Record<string, string>, format: 'jwk' })
    : createPublicKey(text);
  return { clientId: credentials.clientId, keys: [{ kid: credentials.keyId, publicKey: await exportJWK(key) }] };
}
