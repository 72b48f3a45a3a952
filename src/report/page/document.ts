import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../../fault.ts';
import { packageRoot } from '../../package-root.ts';
import { reportsOf } from '../definition.ts';
import { inFull, lasting } from '../../plain-text.ts';
import { planWarnings } from '../text/plan-warnings.ts';
import { totalCalls } from '../summary.ts';
import { auditedSection } from './audited.ts';
import { changedSection } from './changed.ts';
import { extractSection } from './extract.ts';
import type { PageFacts } from './facts.ts';
import { findableSection } from './findable.ts';
import { html, type Markup, trusted } from './markup.ts';
import { openCounts } from './open-counts.ts';
import { openSection } from './open-items.ts';
import { paceSection } from './chart/pace.ts';
import { plannedSection } from './planned.ts';
import { sentenceOf } from './sentence.ts';
import { siteClock } from './chart/site-clock.ts';
import { sentSection } from './sent.ts';
import { trendSection } from './chart/trend.ts';

const asset = (file: string): string => readFileSync(join(packageRoot, 'reports', 'page', file), 'utf8');

/** The whole page as one self-contained file. The same facts give the same bytes. */
export function documentOf(facts: PageFacts): string {
  const [style, script] = [asset('style.css'), asset('script.js')];
  const sentence = sentenceOf(facts);
  const { run_id } = facts.summary;
  const sections = [
    openSection(facts),
    facts.plan === null ? sentSection(facts) : plannedSection(facts),
    auditedSection(facts),
    extractSection(facts),
    changedSection(facts),
    findableSection(facts),
    paceSection(facts),
    trendSection(facts),
  ];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy(style, script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>${sentence} ${run_id}</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <a class="skip" href="#open">To what is left to do</a>
        <header>
          <p class="run">${runLine(facts)}</p>
          <h1>${sentence}</h1>
          ${trouble(facts)}${warnings(facts)}${figures(facts)}
        </header>
        <main>${sections}</main>
        <footer>${files(facts)}</footer>
        ${trusted(`<script>${script}</script>`)}
      </body>
    </html> `.text;
}

/**
 * The content security policy blocks all loading and allows only our own style and script, so an id is always plain
 * text.
 */
const policy = (style: string, script: string): string =>
  [
    "default-src 'none'",
    `style-src '${digest(style)}'`,
    `script-src '${digest(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

const digest = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

function runLine({ summary: { job, mode, started_at, finished_at }, run, timeZone }: PageFacts): Markup {
  const took = finished_at === null ? '' : ` · ${lasting(Date.parse(finished_at) - Date.parse(started_at))}`;
  const how = mode === 'none' ? '' : ` · ${mode}`;
  return html`<b>${job}</b>${how}${run.plan_only ? ' · plan only' : ''} ·
    ${siteClock(timeZone).moment(new Date(started_at))}${took}`;
}

function trouble({ run: { failure, refusal } }: PageFacts): Markup | null {
  const sentence = failure ?? refusal;
  if (sentence === null) return null;
  return html`<div class="trouble">
    <p><b>${failure === null ? 'It may not be sent as it is.' : 'Why it ended.'}</b> ${sentence}</p>
  </div> `;
}

const warnings = ({ summary, plan }: PageFacts): Markup | null =>
  plan === null
    ? null
    : html`${planWarnings(summary, plan).map((warning) => html`<div class="trouble"><p>${warning}</p></div> `)}`;

function figures({ summary, openLines, plan }: PageFacts): Markup | null {
  const { patients, merges, encounters, calls, mode } = summary;
  if (mode === 'none') return null;
  const { person, newPerson, nextRun } = openCounts(openLines);
  return html`<dl class="figures">
      ${[
        figure('compared', patients.read + merges.read + encounters.read),
        ...(plan === null
          ? [figure('accepted', totalCalls(calls).accepted), figure('for the next run', nextRun)]
          : [figure('would be sent', totalCalls(calls).planned)]),
        figure(newPerson > 0 ? `for a person, ${inFull(newPerson)} new` : 'for a person', person, person > 0),
      ]}
    </dl>
    ${ending(summary.exit_code, plan !== null)}`;
}

const figure = (name: string, count: number, isSignal = false): Markup =>
  html`<div${isSignal ? html` class="signal"` : null}><dt>${name}</dt><dd>${inFull(count)}</dd></div>
`;

const endings: Readonly<Record<number, string>> = {
  [exitCodes.done]: 'done; the next run sends what is still open, if anything',
  [exitCodes.needsPerson]: 'done, and there are new lines that need a person',
  [exitCodes.stopped]: 'stopped early; the next run continues',
  [exitCodes.usage]: 'bad configuration or usage, or a file that cannot be read',
  [exitCodes.unavailable]: 'the EHR, the ledger or Redox could not be reached, or was lost',
  [exitCodes.bug]: 'a bug',
  [exitCodes.refused]: 'refused',
};

const endingsOfPlans: typeof endings = {
  ...endings,
  [exitCodes.done]: 'the plan is stored, and nothing was sent',
  [exitCodes.needsPerson]: 'the plan is stored, nothing was sent, and there are new lines that need a person',
};

function ending(exitCode: number | null, isPlan: boolean): Markup | null {
  if (exitCode === null) return null;
  const meaning = (isPlan ? endingsOfPlans : endings)[exitCode] ?? 'unknown';
  return html`<p class="quiet">Exit code ${exitCode}: ${meaning}.</p> `;
}

const meanings: Readonly<Record<string, string>> = {
  'open-actions': 'what is left to do',
  discrepancies: 'what did not agree, row by row',
  calls: 'what was sent to Redox, call by call',
  'data-quality': 'values of the EHR worth a correction',
  acknowledged: 'what another sender delivered, line by line',
  audit: 'what Redox has, patient by patient',
};

const meaningsOfPlans: typeof meanings = {
  ...meanings,
  'open-actions': 'what needs a person',
  calls: 'what would be sent, call by call',
};

function files({ summary: { job, run_id }, plan, timeZone }: PageFacts): Markup {
  const sentence = plan === null ? meanings : meaningsOfPlans;
  return html`<h2>Beside this page</h2>
    <div>
      <ul>
        ${reportsOf(job).map(
          (name) =>
            html`<li>
              <a href="${name}.csv">${name}.csv</a>${sentence[name] === undefined ? null : `: ${sentence[name]}`}
            </li> `,
        )}
        <li><a href="summary.json">summary.json</a>: the numbers, for machines</li>
      </ul>
      <p class="quiet">
        Run <bdi class="id">${run_id}</bdi>. <code>redox-reconcile report ${run_id}</code> writes this again. Names,
        addresses, birth dates and clinical values are in neither this page nor the ledger; ids are.
        ${whoseTimes(timeZone)}
      </p>
    </div> `;
}

const whoseTimes = (timeZone: string | null): string =>
  timeZone === null
    ? 'Times are UTC, because this run knew no SITE_TIME_ZONE.'
    : `Times on this page are those of ${timeZone}; in the CSVs and summary.json they are UTC.`;
