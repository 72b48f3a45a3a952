/** Detects a ledger that has lost commits, before a run relies on it. */
import { comparePosition, type LedgerPosition, type PositionVerdict } from '../decide/lost-commits.ts';
import { RefusedFault } from '../fault.ts';
import { readPosition } from '../ledger/run/position.ts';
import type { Session } from '../postgres/session.ts';
import { readPositionFiles } from './position-file.ts';

interface PositionFound {
  readonly ledger: LedgerPosition;
  readonly verdict: PositionVerdict;
  /** The runs of this ledger in REPORT_DIR, newest last; null if it has none. */
  readonly runs: readonly string[] | null;
}

export async function findPosition(session: Session, reportDir: string): Promise<PositionFound> {
  const [ledger, files] = [await readPosition(session), await readPositionFiles(reportDir)];
  const own = files.find(({ ledgerId }) => ledgerId === ledger.ledgerId);
  return { ledger, verdict: comparePosition(ledger, files), runs: own?.runs ?? null };
}

/** The loss, as a clause after "the ledger has lost commits: "; null if none is proven. */
export const describeLoss = (verdict: PositionVerdict): string | null =>
  verdict.kind === 'lost'
    ? `run ${verdict.runId} wrote to it until ${verdict.at.toISOString()}; ${verdict.shown}. It was restored from a backup, or ` +
      'failed over to a server that was behind'
    : null;

export const afterRestoreRemedy =
  'Start `redox-reconcile nightly --after-restore`: it sends again what the ledger may have lost. See "After a restore" in OPERATING.md.';

/** For jobs that only look. */
export async function printLoss(session: Session, reportDir: string, print: (line: string) => void): Promise<void> {
  const loss = describeLoss((await findPosition(session, reportDir)).verdict);
  if (loss !== null) print(`The ledger has lost commits: ${loss}. ${afterRestoreRemedy}\n`);
}

export function assertNothingLost({ verdict }: PositionFound): void {
  const loss = describeLoss(verdict);
  if (loss === null) return;
  throw new RefusedFault(`Refused: the ledger has lost commits: ${loss}. Nothing was sent. ${afterRestoreRemedy}`, {
    reason: 'lost_commits',
  });
}
