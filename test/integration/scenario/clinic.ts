/** A small clinic in memory, which each kind of EHR holds in its own way. */

export type Row = Readonly<Record<string, string | null>>;

export interface Clinic {
  patient: Row[];
  visit: Row[];
  problem: Row[];
  merge: Row[];
}

/** The columns of its tables: times are what the clock on the wall showed. */
export const tables: Readonly<Record<keyof Clinic, readonly string[]>> = {
  patient: ['id', 'mrn', 'given', 'family', 'born', 'gender', 'zip', 'changed'],
  visit: ['id', 'patient', 'state', 'began', 'ended', 'reason', 'changed'],
  problem: ['id', 'visit', 'code', 'name'],
  merge: ['retired', 'survivor', 'merged'],
};

export const times: ReadonlySet<string> = new Set(['began', 'ended', 'changed', 'merged']);
export const numbers: ReadonlySet<string> = new Set(['id', 'patient', 'visit', 'retired', 'survivor']);

const longAgo = '2026-03-01 10:00:00';

export const patient = (id: number, more: Row = {}): Row => ({
  id: String(id),
  mrn: `M-${id}`,
  given: 'Zoë',
  family: `Núñez ${'abcdefghij'.charAt(id % 10)}`,
  born: '1980-02-29',
  gender: 'F',
  zip: '02134',
  changed: longAgo,
  ...more,
});

export const visit = (id: number, of: number, more: Row = {}): Row => ({
  id: String(id),
  patient: String(of),
  state: 'DONE',
  began: '2026-02-27 09:00:00',
  ended: '2026-02-27 09:30:00',
  reason: 'Cough',
  changed: longAgo,
  ...more,
});

export const problem = (id: number, of: number, name: string): Row => ({
  id: String(id),
  visit: String(of),
  code: 'I10',
  name,
});

/** Twelve patients with a visit each, two of them with a second one; one visit is still open. */
export function smallClinic(): Clinic {
  const ids = Array.from({ length: 12 }, (_, index) => index + 1);
  return {
    patient: ids.map((id) => patient(id)),
    visit: [
      ...ids.map((id) => visit(100 + id, id)),
      visit(201, 1, { reason: 'Fever' }),
      visit(202, 2, { state: 'OPEN', ended: null }),
    ],
    problem: [problem(1, 101, 'Essential hypertension'), problem(2, 102, 'Asthma')],
    merge: [],
  };
}

/** A row of the table changed, in place. */
export function edit(rows: Row[], id: number, change: Row): void {
  const index = rows.findIndex((row) => row['id'] === String(id));
  if (index < 0) throw new Error(`there is no row ${id}`);
  rows[index] = { ...rows[index], ...change };
}
