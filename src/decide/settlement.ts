/** Decides which settlement a person may choose for which row. */

export const settlementWords = ['accepted', 'send', 'ignore'] as const;
export type SettlementWord = (typeof settlementWords)[number];

/**
 * The situation of a row: its last call was rejected or is unknown, it is listed as gone or orphan, or it is already
 * ignored.
 */
export type SettledOf = 'unknown' | 'rejected' | 'gone' | 'orphan' | 'ignored';

const fitting: Readonly<Record<SettlementWord, readonly SettledOf[]>> = {
  accepted: ['unknown', 'rejected'],
  send: ['unknown', 'rejected', 'ignored'],
  ignore: ['unknown', 'rejected', 'gone', 'orphan'],
};

const because: Readonly<Record<SettledOf, string>> = {
  unknown: 'the outcome of its last call is unknown',
  rejected: 'its last call was rejected',
  gone: 'it is gone from the EHR, so there is no row to tell',
  orphan: 'it is an orphan: it cannot be told before its patient is there',
  ignored: 'it is ignored already; --as send ends that',
};

interface SettleableRow {
  readonly settled_of: SettledOf | null;
  readonly is_known: boolean;
  readonly is_blocked: boolean;
}

/** Why a settlement does not apply to a row, as a clause; null where it does. */
export function whyRefused(word: SettlementWord, { settled_of, is_known, is_blocked }: SettleableRow): string | null {
  if (settled_of === null && is_blocked)
    return 'its call is blocked, which ends when what calls.csv gives as the reason is mended';
  if (settled_of === null) return is_known ? 'nothing of it is to be settled' : 'the ledger does not know it';
  return fitting[word].includes(settled_of) ? null : because[settled_of];
}
