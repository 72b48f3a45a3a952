import * as format from './format/formats.ts';

const hour = 3_600_000;

/** What Redox is asked: its logs with a user-level key (`confirm`), and the user named in messages. */
export const platformSettings = {
  CAREQUALITY_ORGANIZATION_NAME: { part: 'redox', format: format.words, expected: "the organisation's name" },
  CAREQUALITY_USER_ID: { part: 'redox', format: format.words, expected: 'a name such as Doolittle, John' },
  CAREQUALITY_USER_ROLE: {
    part: 'redox',
    format: format.role,
    expected: 'a code of SNOMED CT and its name, such as 112247003 Medical Doctor',
  },
  REDOX_PLATFORM_CLIENT_ID: {
    part: 'redox',
    format: format.id,
    expected: 'the client id of a user-level API key',
  },
  REDOX_PLATFORM_KEY_ID: { part: 'redox', format: format.id, expected: 'the key id (kid) of the user-level API key' },
  REDOX_PLATFORM_PRIVATE_KEY: {
    part: 'redox',
    format: format.privateKey,
    expected: "the user-level key's private key, in the form of REDOX_PRIVATE_KEY",
    secret: true,
  },
  REDOX_ORGANIZATION_ID: {
    part: 'redox',
    format: format.wholeNumber(1, 999_999_999_999),
    expected: 'the number on the Organization Profile page of the dashboard',
  },
  REDOX_ENVIRONMENT_ID: { part: 'redox', format: format.id, expected: "the environment's id in the dashboard" },
  CONFIRM_WITHIN: {
    part: 'redox',
    format: format.duration(0, 168 * hour),
    expected: 'a duration from 0s to 168h, such as 6h',
    default: '6h',
  },
  PLATFORM_RATE_LIMIT: {
    part: 'redox',
    format: format.rate,
    expected: '<queries>/<duration> such as 600/5m, or 0 for none (stand-ins only)',
    default: '600/5m',
  },
} as const;
