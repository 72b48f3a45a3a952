import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import { listingIn, searchIn } from '../../../src/redox/query/parse-answer.ts';

/** What a Latin-1 answer becomes when it is read as UTF-8. */
const damaged = Buffer.from('Zo\u00EB', 'latin1').toString('utf8');

const patient = (name: string): JsonObject => ({ Demographics: { FirstName: name } });

describe('an answer with bytes that are not UTF-8', () => {
  test('is no answer to a search, because it would look as if names differed', () => {
    expect(searchIn({ Patient: patient('Zo\u00EB') })).toMatchObject({ kind: 'answered' });
    expect(searchIn({ Patient: patient(damaged) })).toBeNull();
    expect(searchIn({ Patient: {}, PotentialMatches: [patient('Zo\u00EB'), patient(damaged)] })).toBeNull();
  });

  test('is no list, because its documents would look as if they were missing', () => {
    expect(listingIn({ Documents: [{ ID: 'v\u00EB' }] })).toMatchObject({ kind: 'answered' });
    expect(listingIn({ Documents: [{ ID: `v${damaged}` }] })).toBeNull();
  });
});
