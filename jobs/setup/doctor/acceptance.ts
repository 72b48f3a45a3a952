import type { Config } from '../../../src/config/config.ts';
import { openPlatform } from '../../../src/redox/platform/platform-client.ts';
import { type Check, look, ok } from './check.ts';

/** Whether accepted messages can be confirmed: one search of Redox's logs. */
export async function checkAcceptance(
  { redox, platform }: Pick<Config, 'redox' | 'platform'>,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  if (platform === null) {
    return [
      ok(
        'acceptance',
        "Not confirmed: Redox's 200 is all that is known of a message. With REDOX_PLATFORM_CLIENT_ID and its neighbours, nights ask its logs.",
      ),
    ];
  }
  return look('acceptance', async () => {
    const client = openPlatform({
      platform,
      redox,
      rateLimit: null,
      earlierAgesMs: [],
      retry: { attempts: 1 },
      signal,
      onQuery: () => Promise.resolve(),
    });
    try {
      const to = new Date();
      const from = new Date(to.getTime() - 3_600_000);
      await client.search({ dataModel: 'PatientAdmin', dataMode: 'realtime', from, to }, null);
      return [ok('acceptance', `Redox's logs can be read with the key ${platform.credentials.keyId}.`)];
    } finally {
      await client.close();
    }
  });
}
