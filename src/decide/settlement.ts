/** Decides which settlements fit a row. */

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
  gone: 'it is gone from the EHR, so there is no row to send',
  orphan: 'it is an orphan: it cannot be sent before its patient exists',
  ignored: 'it is already ignored; --as send ends that',
};

export interface SettleableState {
  /** Null if it needs no decision. */
  readonly settled_of: SettledOf | null;
  readonly is_known: boolean;
  /** It has an open call that waits for something to be mended. */
  readonly is_blocked: boolean;
}

/** Why a settlement does not apply to a row, as a clause; null if it does. */
export function whyRefused(word: SettlementWord, { settled_of, is_known, is_blocked }: SettleableState): string | null {
  if (settled_of === null && is_blocked)
    return 'its call is blocked; correct the cause that calls.csv lists as its reason';
  if (settled_of === null) return is_known ? 'it has nothing to settle' : 'it is not in the ledger';
  return fitting[word].includes(settled_of) ? null : because[settled_of];
}
