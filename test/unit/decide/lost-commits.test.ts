import { describe, expect, test } from 'vitest';
import {
  comparePosition,
  type KeptPosition,
  type LedgerPosition,
  type ServerPosition,
} from '../../../src/decide/lost-commits.ts';

const server: ServerPosition = { systemIdentifier: '7', timeline: 1, walBytes: 5_000, database: 'ledger' };
const ledger: LedgerPosition = { ledgerId: 'a', commits: 10, server };
const kept: KeptPosition = { ...ledger, runId: '20260301T020000Z-nightly-3f2a', at: new Date('2026-03-01T02:10:00Z') };
const on = (more: Partial<ServerPosition>): ServerPosition => ({ ...server, ...more });

/** What a ledger of before identifiers becomes when its backup is migrated. */
const renamed = { ...ledger, ledgerId: 'b', commits: 0 };

describe('a loss is proven', () => {
  test.each<[string, LedgerPosition, readonly KeptPosition[]]>([
    ['where the kept counter is ahead', { ...ledger, commits: 9 }, [kept]],
    [
      'where the counter is ahead on another server: dumped before, restored there',
      { ...ledger, commits: 9, server: on({ systemIdentifier: '8', walBytes: 1 }) },
      [kept],
    ],
    ['where the counter is ahead on a newer timeline', { ...ledger, commits: 9, server: on({ timeline: 2 }) }, [kept]],
    ['where the server does not say where its WAL is', { ...ledger, commits: 9, server: null }, [kept]],
    [
      'where the WAL of the former timeline was further',
      { ...ledger, server: on({ timeline: 2, walBytes: 4_999 }) },
      [kept],
    ],
    ['where the WAL went back on the same timeline', { ...ledger, server: on({ walBytes: 4_999 }) }, [kept]],
    [
      'where a backup from before identifiers lies in the same database',
      { ...renamed, server: on({ walBytes: 4_999 }) },
      [kept],
    ],
    [
      'also where another ledger is kept beside it',
      { ...ledger, commits: 9 },
      [{ ...kept, ledgerId: 'c', commits: 1 }, kept],
    ],
  ])('%s', (_, now, files) => {
    expect(comparePosition(now, files)).toMatchObject({ kind: 'lost', runId: kept.runId });
  });
});

describe('no loss is proven', () => {
  test.each<[string, LedgerPosition, readonly KeptPosition[], object]>([
    ['where both are the same', ledger, [kept], { kind: 'same' }],
    ['where the WAL went on', { ...ledger, server: on({ walBytes: 9_000 }) }, [kept], { kind: 'same' }],
    ['by a counter that is older in the file', { ...ledger, commits: 11 }, [kept], { kind: 'differs', how: 'older' }],
    ['by a missing file', ledger, [], { kind: 'differs', how: 'missing' }],
    ['by a new ledger', { ...ledger, commits: 0 }, [], { kind: 'same' }],
    [
      'by a switch-over',
      { ...ledger, server: on({ timeline: 2, walBytes: 6_000 }) },
      [kept],
      { kind: 'differs', how: 'other_timeline' },
    ],
    [
      'by a dump that was restored into a new cluster',
      { ...ledger, server: on({ systemIdentifier: '8', walBytes: 10 }) },
      [kept],
      { kind: 'differs', how: 'other_server' },
    ],
    ['where the server no longer says where its WAL is', { ...ledger, server: null }, [kept], { kind: 'same' }],
    ['where it says so for the first time', ledger, [{ ...kept, server: null }], { kind: 'same' }],
    [
      "by another ledger's counter",
      ledger,
      [{ ...kept, ledgerId: 'c', commits: 99, server: on({ database: 'other' }) }],
      { kind: 'differs', how: 'missing' },
    ],
    [
      "by another server's WAL",
      ledger,
      [{ ...kept, ledgerId: 'c', server: on({ systemIdentifier: '8', walBytes: 9_000 }) }],
      { kind: 'differs', how: 'missing' },
    ],
    [
      'by what is left of a ledger from before identifiers, once it was dealt with',
      ledger,
      [{ ...kept, ledgerId: 'c', server: on({ walBytes: 9_000 }) }, kept],
      { kind: 'same' },
    ],
  ])('%s', (_, now, files, verdict) => {
    expect(comparePosition(now, files)).toEqual(verdict);
  });
});
