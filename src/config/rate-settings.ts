import type { Secret } from '../secret.ts';
import * as address from './format/addresses.ts';
import * as format from './format/formats.ts';

/** How fast calls leave, by this process alone and together with others, and how many of them are planned. */
export const rateSettings = {
  RATE_LIMIT: {
    part: 'always',
    format: format.rate,
    expected: '<calls>/<duration> such as 5000/5m, or 0 for none (stand-ins only)',
    default: '5000/5m',
  },
  PLAN_AHEAD: {
    part: 'always',
    format: format.planAhead,
    expected: 'a whole number of calls, or all',
  },
  RATE_BUDGET_URL: {
    part: 'always',
    format: address.databaseUrl,
    expected: 'postgres://<user>:<password>@<host>/<database>',
    secret: 'address',
  },
  RATE_ADDRESS: {
    part: 'always',
    format: format.label,
    expected: 'a name of 1 to 64 letters, digits, dots, hyphens and underscores',
    default: 'default',
  },
  RATE_BUDGET_PATIENCE: {
    part: 'always',
    format: format.duration(0, 24 * 3_600_000),
    expected: 'a duration from 0s to 24h, such as 10m',
    default: '10m',
  },
} as const;

export interface RateBudgetConfig {
  readonly url: Secret;
  /** Names the client address that Redox counts. */
  readonly address: string;
  /** How long calls wait for a budget whose database is away. */
  readonly patienceMs: number;
}

interface Values {
  readonly RATE_BUDGET_URL?: Secret;
  readonly RATE_ADDRESS: string;
  readonly RATE_BUDGET_PATIENCE: number;
}

export const rateBudgetOf = (values: Values): RateBudgetConfig | null =>
  values.RATE_BUDGET_URL === undefined
    ? null
    : { url: values.RATE_BUDGET_URL, address: values.RATE_ADDRESS, patienceMs: values.RATE_BUDGET_PATIENCE };
