/** Nights in which nothing happened, at three sizes; what they ask of the EHR; and an intraday of a thousand changed rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { below, figure, type Line, timesFloor } from './line.ts';
import { benchFolder, benchSql, copyToNowhere, countingProxy, withClient } from './database.ts';
import { best, measure, type Measured, timed } from './measured-job.ts';
import { watchSessions } from './sessions.ts';
import { changeRows, type Settings, type Site, small } from './site.ts';

interface Night {
  readonly patients: number;
  readonly night: Measured;
  readonly floorMs: number;
}

/** `besides`: what else is measured while the EHR is as large as asked for; it only ever grows. */
export async function measureNights(
  site: Site,
  copies: number,
  keep: (line: Line) => void,
  besides: (quietMs: number) => Promise<void>,
): Promise<void> {
  const nights: Night[] = [];
  for (const share of [0.25, 1, 2]) {
    const wanted = Math.max(1, Math.round(copies * share));
    await site.growTo(wanted);
    const ledger = `quiet_${wanted}`;
    await site.ledger(ledger);
    const settings = site.settings(ledger);
    await measure(['baseline'], settings);
    const night = await quietNight(site, settings, wanted * small.patients);
    nights.push(night);
    const { patients, floorMs } = night;
    keep(
      timesFloor({
        work: `quiet nightly, ${rowsOf(patients)}`,
        ms: night.night.ms,
        floorMs,
        reach: 1.35,
        aim: 1.15,
        detail: detailOf(night.night),
      }),
    );
    if (share === 1) {
      await measureBesides(site, ledger, night, keep);
      await besides(night.night.ms);
    }
  }
  compare(nights, keep);
}

/** One size alone, which may take all the disk: a quiet night once, and the first night of a load at the default PLAN_AHEAD. */
export async function measureLarge(site: Site, copies: number, keep: (line: Line) => void): Promise<void> {
  await site.growTo(copies);
  const rows = rowsOf(copies * small.patients);
  await site.ledger('first');
  const load = ['nightly', '--allow-large-change', '--max-calls', '1'];
  const first = await measure(load, { ...site.settings('first'), RATE_LIMIT: '5000/5m' }, [0, 2, 3]);
  keep(figure(`first night of a load at the default, ${rows}`, `${(first.ms / 1000).toFixed(0)} s`, detailOf(first)));
  await site.drop('first');
  await site.ledger('large');
  const settings = site.settings('large');
  const start = await measure(['baseline'], settings);
  keep(figure(`baseline, ${rows}`, `${(start.ms / 1000).toFixed(0)} s`, detailOf(start)));
  const { night, floorMs } = await quietNight(site, settings, copies * small.patients, 1);
  const detail = detailOf(night);
  keep(timesFloor({ work: `quiet nightly, ${rows}`, ms: night.ms, floorMs, reach: 1.35, aim: 1.15, detail }));
}

async function quietNight(site: Site, settings: Settings, patients: number, rounds = 3): Promise<Night> {
  const contract = (file: string): string => readFileSync(join(benchFolder, 'contract', file), 'utf8');
  const floor = (): Promise<{ readonly ms: number }> =>
    timed(async () => {
      await copyToNowhere(site.ehrUrl, contract('patients.sql'));
      await copyToNowhere(site.ehrUrl, contract('encounters.sql'));
    });
  // The first night after a baseline moves the watermark, and finds everything as it was.
  await measure(['nightly'], settings);
  const { ms: floorMs } = await best(rounds, floor);
  const night = await best(rounds, () => measure(['nightly'], settings));
  return { patients, night, floorMs };
}

function compare(nights: readonly Night[], keep: (line: Line) => void): void {
  const [smallest, middle, largest] = nights;
  if (smallest === undefined || middle === undefined || largest === undefined) throw new Error('a size is missing');
  for (const other of [smallest, largest]) {
    const growth = largerOf(other, middle).night.ms / smallerOf(other, middle).night.ms;
    const rows = largerOf(other, middle).patients / smallerOf(other, middle).patients;
    keep({
      work: `${rowsOf(largerOf(other, middle).patients)} against ${rowsOf(smallerOf(other, middle).patients)}`,
      measured: `${growth.toFixed(2)}x`,
      floor: `${rows.toFixed(2)}x rows`,
      ratio: (growth / rows).toFixed(2),
      goal: '1.1',
      isReached: growth / rows <= 1.1,
      detail: '',
    });
  }
  const peaks = nights.map(({ night }) => night.peakMb);
  const detail = peaks.map((peak) => `${peak.toFixed(0)} MB`).join(', ');
  keep(figure('peak memory over the three', `${Math.max(...peaks).toFixed(0)} MB`, detail));
  keep({
    ...below(
      'the largest peak over the smallest',
      (100 * Math.max(...peaks)) / Math.min(...peaks) - 100,
      '%',
      15,
      null,
    ),
  });
}

const largerOf = (a: Night, b: Night): Night => (a.patients > b.patients ? a : b);
const smallerOf = (a: Night, b: Night): Night => (a.patients > b.patients ? b : a);

async function measureBesides(
  site: Site,
  ledger: string,
  { night, floorMs }: Night,
  keep: (line: Line) => void,
): Promise<void> {
  const settings = site.settings(ledger);
  const start = await best(3, () => measure(['--help'], settings));
  keep(figure('process start (`--help`)', `${(start.ms / 1000).toFixed(2)} s`, `${start.peakMb.toFixed(0)} MB`));
  await measureEhrLoad(site, settings, night, keep);
  const large = (work: string, night: Measured, reach: number, aim: number): void => {
    keep(timesFloor({ work, ms: night.ms, floorMs, reach, aim, detail: detailOf(night) }));
  };
  large('the same where every row is compared (once a week)', await comparingAll(site, ledger), 3.6, 2.5);
  large('the same where every row is staged and compared', await stagingAll(site, ledger), 4.5, 3);
  await changeRows(site.ehrUrl, 1_000);
  keep(noGoal('the same with 1,000 changed rows, delivered', await measure(['nightly'], settings), floorMs));
  const intraday = await best(3, async () => {
    await changeRows(site.ehrUrl, 1_000);
    return measure(['intraday'], settings);
  });
  keep(below('intraday, 1,000 changed rows, delivered', intraday.ms / 1000, 's', 2, 1, detailOf(intraday)));
}

/** A night that is none of the goals, beside the same floor. */
const noGoal = (work: string, night: Measured, floorMs: number): Line => ({
  ...figure(work, `${(night.ms / 1000).toFixed(2)} s`, detailOf(night)),
  floor: `${(floorMs / 1000).toFixed(2)} s`,
  ratio: `${(night.ms / floorMs).toFixed(2)}x`,
});

async function comparingAll(site: Site, ledger: string): Promise<Measured> {
  await withClient(site.ledgerUrl(ledger), (client) => client.query(benchSql('reopen-chunks')));
  return measure(['nightly'], site.settings(ledger));
}

async function stagingAll(site: Site, ledger: string): Promise<Measured> {
  await withClient(site.ledgerUrl(ledger), (client) => client.query(benchSql('forget-stage')));
  return measure(['nightly'], site.settings(ledger));
}

/** What a night is for the EHR: its sessions, seen from the server. */
async function measureEhrLoad(
  site: Site,
  settings: Settings,
  night: Measured,
  keep: (line: Line) => void,
): Promise<void> {
  const watch = new AbortController();
  const watched = watchSessions(site.ehrUrl, watch.signal);
  const proxy = await countingProxy(site.ehrUrl);
  await measure(['nightly'], { ...settings, EHR_URL: proxy.url });
  watch.abort();
  await proxy.close();
  const { longestMs, cpuMs } = await watched;
  keep(figure('EHR: longest transaction', `${(longestMs / 1000).toFixed(2)} s`, 'the snapshot'));
  keep(
    figure(
      'EHR: CPU of its sessions',
      `${(cpuMs / 1000).toFixed(2)} s`,
      `of a night of ${(night.ms / 1000).toFixed(2)} s`,
    ),
  );
  keep(figure('EHR: bytes sent', `${(proxy.bytes() / 1e6).toFixed(0)} MB`));
}

const rowsOf = (patients: number): string =>
  `${patients.toLocaleString('en-US')} + ${(patients * 3).toLocaleString('en-US')} rows`;

export const detailOf = ({ steps, cpuMs, peakMb }: Measured): string =>
  [
    ...[...steps].map(([step, ms]) => `${step} ${(ms / 1000).toFixed(2)} s`),
    `CPU ${(cpuMs / 1000).toFixed(2)} s`,
    `${peakMb.toFixed(0)} MB`,
  ].join(', ');
