import type { Session } from '../../postgres/session.ts';
import { type Statement, statement } from '../../postgres/sql-file.ts';
import type { Setting } from './setting.ts';

const charts = (): readonly Statement[] => [
  statement('sandbox/clinic/chart/chart_allergies'),
  statement('sandbox/clinic/chart/chart_problems'),
  statement('sandbox/clinic/chart/chart_prescriptions'),
  statement('sandbox/clinic/chart/chart_measurements'),
  statement('sandbox/clinic/chart/chart_vaccinations'),
];

/**
 * Writes the missing charts of finished visits: findings, measurements, treatments. One SQL statement per kind of chart, so that a large
 * clinic takes seconds.
 */
export async function chartVisits(
  session: Session,
  { seed }: Setting,
  visits: readonly string[] | 'all',
): Promise<void> {
  for (const chart of charts()) {
    await session.run(chart, [String(seed), visits === 'all' ? null : visits]);
  }
}
