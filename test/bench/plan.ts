/** A first load that is planned and not sent, and its reports: as many lines as rows. */
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';

import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Secret } from '../../src/secret.ts';
import { packageRoot } from '../../src/package-root.ts';
import { benchSql, withClient } from './database.ts';
import { figure, type Line, timesFloor } from './line.ts';
import { best, measure, type Measured, timed } from './measured-job.ts';
import { detailOf } from './nights.ts';
import { type Site } from './site.ts';

export async function measurePlan(
  site: Site,
  copies: number,
  folder: string,
  keep: (line: Line) => void,
  quietMs: number | null,
): Promise<void> {
  await site.growTo(copies);
  const url = await site.ledger('planned');
  const settings = { ...site.settings('planned'), PLAN_AHEAD: 'all' };
  // The messages of such a plan are built too; of so many that is not measured.
  const planned = await measure(['nightly', '--plan-only', '--allow-large-change'], settings, [3], 'plan');
  const planMs = planned.steps.get('plan') ?? 0;
  const { calls, ms: floorMs } = await copyCalls(url, join(folder, 'calls'));
  const work = `planning a first load, ${calls.toLocaleString('en-US')} calls`;
  keep(
    timesFloor({
      work,
      ms: planMs,
      floorMs,
      reach: 2.5,
      aim: 1.8,
      detail: `from start to exit ${(planned.ms / 1000).toFixed(1)} s: ${detailOf(planned)}`,
    }),
  );
  await measureReports(url, settings, planned.runId ?? '', folder, keep);
  await measureBacklog(site, Math.round((3 * calls) / 10), keep, quietMs);
}

/**
 * Nights of a first load with a PLAN_AHEAD of about the default at a million patients. Hardly a call is sent, so that the next night has
 * the same backlog, and each plans the first part of its calls alone: further parts would belong to the delivery. `quietMs`: a quiet night over
 * the same rows, the best of some; null where none was measured. The first night is the better of two, each with a new ledger.
 */
async function measureBacklog(
  site: Site,
  planAhead: number,
  keep: (line: Line) => void,
  quietMs: number | null,
): Promise<void> {
  const night = async (name: string): Promise<Measured> => {
    const settings = { ...site.settings(name), PLAN_AHEAD: String(planAhead) };
    return measure(['nightly', '--allow-large-change', '--max-calls', '1'], settings, [0, 2, 3]);
  };
  let ledgers = 0;
  const first = await best(2, async () => {
    ledgers += 1;
    await site.ledger(`backlog_${ledgers}`);
    return night(`backlog_${ledgers}`);
  });
  const second = await night(`backlog_${ledgers}`);
  for (const [name, { ms, ...measured }, reach, aim] of [
    ['first', first, 4, 2.5],
    ['second', second, 3, 2],
  ] as const) {
    const work = `the ${name} night of that load, PLAN_AHEAD=${planAhead}`;
    const withoutDelivery = ms - (measured.steps.get('deliver') ?? 0);
    const detail = detailOf({ ms, ...measured });
    if (quietMs === null) keep(figure(work, `${(withoutDelivery / 1000).toFixed(2)} s`, detail));
    else keep(timesFloor({ work, ms: withoutDelivery, floorMs: quietMs, reach, aim, detail }));
  }
}

/** As many ledger rows as were planned, into a table like theirs. */
async function copyCalls(url: Secret, file: string): Promise<{ calls: number; ms: number }> {
  return withClient(url, async (client) => {
    await client.query('SET search_path = redox_reconcile');
    await client.query('CHECKPOINT');
    await pipeline(client.query(copyTo('COPY call TO STDOUT')), createWriteStream(file));
    await client.query('CREATE TABLE floor (LIKE call INCLUDING ALL)');

    const { ms } = await timed(() => pipeline(createReadStream(file), client.query(copyFrom('COPY floor FROM STDIN'))));

    const { rows } = await client.query<{ calls: string }>(benchSql('count-floor'));
    await client.query('DROP TABLE floor');
    return { calls: Number(rows[0]?.calls), ms };
  });
}

const reports = ['calls', 'data-quality', 'discrepancies', 'open-actions'];

async function measureReports(
  url: Secret,
  settings: Readonly<Record<string, string>>,
  runId: string,
  folder: string,
  keep: (line: Line) => void,
): Promise<void> {
  const report = await measure(['report', runId], settings);
  const { ms: floorMs } = await timed(() =>
    withClient(url, async (client) => {
      await client.query("SET search_path = redox_reconcile; SET jit = off; SET work_mem = '256MB'");
      const { rows } = await client.query<{ run_number: number }>(benchSql('run-number'), [runId]);
      for (const name of reports) {
        const query = readFileSync(join(packageRoot, 'reports', `${name}.sql`), 'utf8').replaceAll(
          '$1',
          String(rows[0]?.run_number),
        );
        await pipeline(
          client.query(copyTo(`COPY (${query}) TO STDOUT (FORMAT csv, HEADER)`)),
          createWriteStream(join(folder, `${name}.csv`)),
        );
      }
    }),
  );
  keep(
    timesFloor({
      work: 'the reports of that plan',
      ms: report.ms,
      floorMs,
      reach: 1.5,
      aim: 1.2,
      detail: detailOf(report),
    }),
  );
}
