import { NeighbourFault } from '../fault.ts';
import type { Policy } from '../run/policy.ts';
import type { LedgerServices } from '../run/services.ts';

/** The longest time that confirming may take before a plan; the next run continues. */
const mostMs = 10 * 60_000;

/**
 * Confirms before `nightly` and `intraday` plan, so that what Redox lost is sent again in the same run. Redox's logs help, but a run does
 * not need them: without them it continues.
 */
export async function confirmFirst(
  { config, movesWatermark, planOnly, retry = {} }: Policy,
  services: LedgerServices,
): Promise<void> {
  const { platform } = config;
  if (platform === null || !movesWatermark || planOnly || services.bindAnew !== null) return;
  const { confirm } = await import('./confirm.ts');
  try {
    await confirm({ config: { ...config, platform }, retry, since: null, mostMs, listsOwed: false }, services);
  } catch (error) {
    if (!(error instanceof NeighbourFault) || services.ledger.writer.isLost) throw error;
    services.log('logs_unread', { advice: error.message });
  }
}
