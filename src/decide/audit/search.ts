import type { JsonObject } from '../../json.ts';

export type Search =
  | { readonly kind: 'unanswered' }
  /** `isIncomplete`: Redox has more hits than it answered. */
  | { readonly kind: 'answered'; readonly patients: readonly JsonObject[]; readonly isIncomplete: boolean };
