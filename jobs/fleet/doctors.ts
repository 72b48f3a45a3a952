/** `fleet check --doctor`: the doctor of each site, some at a time, and one line a site. */
import { bounded } from '../../src/async/bounded.ts';
import type { WorkerConfig } from '../../src/config/fleet/fleet-settings.ts';
import type { FleetSite } from '../../src/config/fleet/site-folder.ts';
import { reasonOf } from '../../src/decide/fleet/night-end.ts';
import { exitCodes, type ExitCode, worseOf } from '../../src/fault.ts';
import { counted, lasting, table } from '../../src/plain-text.ts';
import type { JobContext } from '../frame/job.ts';
import { settingsOf } from './night.ts';
import type { FleetPlace } from './place.ts';
import { type SiteProcess, startSiteProcess } from './site-process.ts';

interface Examined {
  readonly site: string;
  readonly exitCode: number | null;
  readonly line: readonly string[];
}

/** Gives the worst exit code. */
export async function askDoctors(context: JobContext, place: FleetPlace, config: WorkerConfig): Promise<ExitCode> {
  const { print, signal, isHuman } = context;
  const { sites } = place.read();
  const running = new Set<SiteProcess>();
  const stop = (): void => {
    for (const child of running) child.stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  const turns = bounded(config.slots);
  const ask = async (site: FleetSite): Promise<Examined | null> => {
    if (signal.aborted) return null;
    const lines: string[] = [];
    const child = startSiteProcess({
      argv: ['doctor'],
      envFiles: site.envFiles,
      folder: place.folder,
      settings: settingsOf(config, site),
      onLine: (line) => lines.push(line),
      isAtTerminal: isHuman,
    });
    running.add(child);
    const end = await child.ended.finally(() => running.delete(child));
    const ended = `${String(end.exitCode ?? 'none')} ${reasonOf(end)}`;
    return {
      ...{ site: site.name, exitCode: end.exitCode },
      line: [site.name, ended, lasting(end.tookMs), doctorSays(lines)],
    };
  };
  const examined = await Promise.all(sites.map((site) => turns(() => ask(site))));
  signal.removeEventListener('abort', stop);
  if (signal.aborted) return exitCodes.stopped;
  const all = examined.filter((one) => one !== null);
  const worst = all.reduce<ExitCode>((code, one) => worseOf(code, one.exitCode ?? exitCodes.unavailable), 0);
  for (const line of table([['site', 'end', 'took', 'the doctor says'], ...worstFirst(all)])) print(line);
  const ill = all.filter(({ exitCode }) => exitCode !== exitCodes.done);
  const [first] = ill;
  const [{ envFiles } = { envFiles: [] }] = sites.filter(({ name }) => name === first?.site);
  print(
    ill.length === 0
      ? `The doctors of ${counted(all.length, 'site')} found nothing wrong.`
      : `${counted(ill.length, 'site')} of ${all.length} must be mended. All that a doctor says, in ${place.folder}: ` +
          `redox-reconcile doctor ${envFiles.map((file) => `--env-file ${file}`).join(' ')}`,
  );
  return worst;
}

const worstFirst = (all: readonly Examined[]): string[][] =>
  [...all]
    .sort((one, other) => (other.exitCode ?? exitCodes.unavailable) - (one.exitCode ?? exitCodes.unavailable))
    .map(({ line }) => [...line]);

/** The first fault and how many more there are, else what it said at the end. */
export function doctorSays(lines: readonly string[]): string {
  const said = lines.filter((line) => line !== '' && !line.startsWith('{'));
  const faults = said.filter((line) => /^ {2}fault /.test(line));
  const [first] = faults;
  if (first === undefined) return said.at(-1)?.trim() ?? 'nothing';
  const more = faults.length > 1 ? ` (and ${counted(faults.length - 1, 'more fault')})` : '';
  return `${first.replace(/^ {2}fault +/, '').replaceAll(/ {2,}/g, ': ')}${more}`;
}
