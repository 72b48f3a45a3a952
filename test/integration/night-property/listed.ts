import { undefuse } from '../../../src/report/defuse.ts';
import type { NightResult } from '../support/night.ts';

export interface Line {
  readonly entity: string;
  readonly id: string;
  readonly kind: string;
  readonly detail: string;
}

/** What a run's `discrepancies.csv` lists, row by row. */
export class Listed {
  readonly lines: readonly Line[];

  constructor(result: NightResult) {
    this.lines = result.csv('discrepancies').map(({ entity = '', entity_id = '', kind = '', detail = '' }) => ({
      entity,
      id: undefuse(entity_id),
      kind,
      detail,
    }));
  }

  /** Is this very row listed as one of these kinds? */
  has(entity: string, id: string, ...kinds: readonly string[]): boolean {
    return this.lines.some((line) => line.entity === entity && line.id === id && kinds.includes(line.kind));
  }

  /** Does it say that what Redox has of this patient cannot be put right by a message? */
  excuses(patientId: string): boolean {
    return (
      this.has('patient', patientId, 'gone', 'invalid', 'duplicate_key') ||
      this.has('merge', patientId, 'merge_cycle', 'merge_without_survivor', 'invalid', 'duplicate_key') ||
      this.lines.some(
        ({ entity, id, detail }) =>
          entity === 'merge' && id === patientId && (detail === 'retired_row_gone' || detail === 'shared_mrn'),
      )
    );
  }
}
