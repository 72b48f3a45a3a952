import { messages, type EventName } from '../../../../src/redox/schema/messages.ts';
import { pathsOfSchema } from './paths.ts';
import { reasonFor } from './reasons.ts';
import { samplePaths } from './samples.ts';
import { sourcesOf } from './sources.ts';

/** `docs/what-redox-can-take.md`: each place of Redox's messages, and what fills it. */

export interface Completeness {
  readonly event: EventName;
  /** The places of the schema, in its order. */
  readonly places: readonly string[];
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** The places that Redox's sample fills; null where Redox has none. */
  readonly sample: readonly string[] | null;
}

export const eventNames = Object.keys(messages) as readonly EventName[];

export const completenessOf = (event: EventName): Completeness => ({
  event,
  places: pathsOfSchema(messages[event]),
  sources: sourcesOf(event),
  sample: samplePaths[event] ?? null,
});

/** The share of these places that the program can fill, in percent. */
export const shareOf = (places: readonly string[], { sources }: Completeness): number =>
  (100 * places.filter((path) => sources.has(path)).length) / places.length;

export const completenessPage = (all: readonly Completeness[]): string =>
  [introduction, summary(all), ...all.map(chapter)].join('\n\n') + '\n';

const introduction =
  `# What Redox can take

Each place of the messages that this program sends, by the schema of the preflight (` +
  '`src/redox/schema/`' +
  `), and what fills it. ` +
  '`npm run docs:completeness`' +
  ` writes
this page: it builds every message from a contract that gives everything, then again without one column or with another setting, and notes what
changes. Lists are left out of a path. ` +
  '`fixed`' +
  ` is the same in every message.`;

const percent = (share: number): string => `${share.toFixed(1)} %`;

const summary = (all: readonly Completeness[]): string =>
  [
    "Redox's samples are those of its documentation of 2023; empty lists and objects of a sample count as unfilled.",
    '',
    ...all.map((one) => {
      const { event, places, sources, sample } = one;
      const ofSample =
        sample === null
          ? ''
          : `; of the ${sample.length} places that its sample fills, ${percent(shareOf(sample, one))}`;
      return `- ${titleOf(event)}: ${places.filter((path) => sources.has(path)).length} of ${places.length} places (${percent(shareOf(places, one))})${ofSample}`;
    }),
  ].join('\n');

const titleOf = (event: EventName): string => event.replace(':', '.').replace('Clinical Summary.', '');

const chapter = (one: Completeness): string => {
  const { event, places, sources } = one;
  const filled = places.filter((path) => sources.has(path));
  const empty = places.filter((path) => !sources.has(path));
  return [
    `## ${titleOf(event)}`,
    '### Filled',
    lines(filled, (path) => inWords(sources.get(path) ?? [])),
    '### Left empty',
    lines(empty, (path) => reasonFor(event, path) ?? 'nobody has said why'),
  ].join('\n\n');
};

/** One line for neighbours under one parent that have the same to say. */
const lines = (paths: readonly string[], saying: (path: string) => string): string => {
  const groups: { parent: string; says: string; names: string[] }[] = [];
  for (const path of paths) {
    const cut = path.lastIndexOf('.');
    const [parent, name, says] = [path.slice(0, Math.max(0, cut)), path.slice(cut + 1), saying(path)];
    const last = groups.at(-1);
    if (last?.parent === parent && last.says === says) last.names.push(name);
    else groups.push({ parent, says, names: [name] });
  }
  return groups.map(({ parent, says, names }) => `- \`${placeOf(parent, names)}\`: ${says}`).join('\n');
};

const placeOf = (parent: string, names: readonly string[]): string => {
  const name = names.length === 1 ? names.join() : `{${names.join(', ')}}`;
  return parent === '' ? name : `${parent}.${name}`;
};

/** More columns of one file than this are named by the file. */
const manyColumns = 6;

const inWords = (sources: readonly string[]): string => {
  if (sources.length === 0) return 'fixed';
  const byFile = new Map<string, string[]>();
  for (const source of sources) {
    const [file = '', column] = source.split('.');
    byFile.set(file, [...(byFile.get(file) ?? []), ...(column === undefined ? [] : [column])]);
  }
  return Array.from(byFile, ([file, columns]) => ofFile(file, columns)).join('; ');
};

const ofFile = (file: string, columns: readonly string[]): string => {
  if (columns.length === 0) return file.startsWith('the ') ? file : `\`${file}\``;
  if (columns.length > manyColumns) return `columns of ${file}`;
  return columns.map((column) => `\`${file}.${column}\``).join(', ');
};
