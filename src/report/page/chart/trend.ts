import { counted, inFull, lasting } from '../../../plain-text.ts';
import { scaleFor, scaleInWords } from './amounts.ts';
import { chartMarkup } from './chart.ts';
import type { NightTally, PageFacts } from '../facts.ts';
import type { Series } from './drawing.ts';
import { html, type Markup } from '../markup.ts';
import { sectionMarkup } from '../section.ts';
import { tableMarkup } from '../table.ts';
import { type SiteClock, siteClock } from './site-clock.ts';
import { share, spoken } from '../words.ts';

/** Recent nights side by side: calls sent, calls left open, and changes that `updated_at` missed. */
export function trendSection({ nights, run, timeZone }: PageFacts): Markup | null {
  if (nights.length < 2) return null;
  const clock = siteClock(timeZone);
  return sectionMarkup(
    'trend',
    nights.length < 30 ? `The last ${nights.length} nights` : 'The last thirty nights',
    html`${callsChart(nights, clock)}${run.has_updated_at === false ? null : silenceOf(nights, clock)}`,
  );
}

function callsChart(nights: readonly NightTally[], clock: SiteClock): Markup {
  const counts = nights.flatMap(({ accepted_calls, open_calls }) => [accepted_calls ?? 0, open_calls ?? 0]);
  const largest = Math.max(0, ...counts);
  const scale = scaleFor(counts);
  return chartMarkup({
    name: 'nights',
    title: 'Calls that Redox accepted, and calls left open',
    caption: [whatNightsDid(nights), scaleInWords(largest, scale)].filter((words) => words !== null).join(' '),
    height: 190,
    plot: {
      labels: nights.map(({ started_at }) => clock.shortDate(started_at)),
      unit: '',
      bars: 'beside',
      scale,
      series: [
        { shape: 'bars', look: 'filled', values: nights.map(({ accepted_calls }) => accepted_calls ?? 0) },
        ...openBars(nights),
        {
          shape: 'triangles',
          values: nights.map((night) =>
            night.status === 'done' ? null : Math.max(night.accepted_calls ?? 0, night.open_calls ?? 0),
          ),
        },
      ],
    },
    numbers: numbersOf(nights, clock),
  });
}

/** Omitted if all are zero, to save half of the space. */
function openBars(nights: readonly NightTally[]): readonly Series[] {
  const values = nights.map(({ open_calls }) => drawnOf(open_calls ?? 0));
  return values.every((value) => value === null) ? [] : [{ shape: 'bars', look: 'hollow', values }];
}

function whatNightsDid(nights: readonly NightTally[]): string {
  const accepted = nights.reduce((sum, { accepted_calls }) => sum + (accepted_calls ?? 0), 0);
  const left = nights.filter(({ open_calls }) => (open_calls ?? 0) > 0).length;
  const notDone = nights.filter(({ status }) => status !== 'done').length;
  return (
    `${counted(accepted, 'call')} accepted over ${counted(nights.length, 'night')}. ` +
    `${left === 0 ? 'No night left calls open' : `${counted(left, 'night')} left calls open (hollow)`}; ` +
    `${notDone === 0 ? 'all went through' : `${counted(notDone, 'night')} did not go through to the end (triangles)`}.`
  );
}

/** Skips zero, because an empty hollow bar still shows its edge. */
const drawnOf = (count: number): number | null => (count === 0 ? null : count);

/** The watermark's miss rate: how reliable this site's `updated_at` is. */
function silenceOf(nights: readonly NightTally[], clock: SiteClock): Markup {
  const sweeps = nights.filter(({ mode, changed_rows }) => mode === 'sweep' && changed_rows !== null);
  const changed = sweeps.reduce((sum, { changed_rows }) => sum + (changed_rows ?? 0), 0);
  const silent = sweeps.reduce((sum, { silent_rows }) => sum + (silent_rows ?? 0), 0);
  if (changed === 0) return html``;
  if (silent === 0) {
    return html`<h3>Changes that updated_at missed</h3>
      <p>
        None: all ${counted(changed, 'row')} that sweeps found changed had a newer updated_at, so --mode changes would
        have found them too.
      </p> `;
  }
  return chartMarkup({
    name: 'silent',
    title: 'Changes that updated_at missed',
    caption:
      `Of ${counted(changed, 'row')} that sweeps found changed, ${inFull(silent)} (${share(silent, changed)}) had no newer updated_at, so ` +
      '--mode changes would have missed them. Keep the nightly sweep.',
    height: 140,
    plot: {
      labels: sweeps.map(({ started_at }) => clock.shortDate(started_at)),
      unit: '',
      bars: 'stacked',
      scale: 'linear',
      series: [{ shape: 'bars', look: 'hollow', values: sweeps.map(({ silent_rows }) => drawnOf(silent_rows ?? 0)) }],
    },
    numbers: tableMarkup(
      'Changed rows by night, and those without a newer updated_at',
      [
        { head: 'Night' },
        { head: 'changed', isNumber: true },
        { head: 'silent', isNumber: true },
        { head: 'share', isNumber: true },
      ],
      sweeps.map(({ started_at, changed_rows, silent_rows }) => [
        clock.date(started_at),
        changed_rows,
        silent_rows,
        share(silent_rows ?? 0, changed_rows ?? 0),
      ]),
    ),
  });
}

const numbersOf = (nights: readonly NightTally[], clock: SiteClock): Markup =>
  tableMarkup(
    'Nights, the newest first',
    [
      { head: 'Began' },
      { head: 'status' },
      { head: 'exit', isNumber: true },
      { head: 'took', isNumber: true },
      { head: 'accepted', isNumber: true },
      { head: 'left open', isNumber: true },
    ],
    nights
      .toReversed()
      .map(({ started_at, finished_at, status, exit_code, accepted_calls, open_calls }) => [
        clock.moment(started_at),
        spoken(status),
        exit_code === null ? null : String(exit_code),
        finished_at === null ? null : lasting(finished_at.getTime() - started_at.getTime()),
        accepted_calls,
        open_calls,
      ]),
  );
