import type { Format } from '../../src/config/format/format.ts';
import { UsageFault } from '../../src/fault.ts';

/** The flags and arguments of a job as typed data: the frame passes them to commander, the job receives their values. */
export type OptionSet = Readonly<Record<string, JobOption<unknown>>>;

export interface JobOption<T> {
  readonly kind: 'flag' | 'value' | 'argument';
  /** As commander reads it: `--plan-only`, `--until <HH:MM>`, `<RUN_ID>`. */
  readonly syntax: string;
  readonly description: string;
  readonly choices: readonly string[] | null;
  /** Shown in the help; the value where the option is not given. */
  readonly absent: T;
  /** Reads one text, or throws a `UsageFault` that says what is wrong with it. */
  readonly read: (text: string) => T;
}

export type ValuesOf<O extends OptionSet> = {
  readonly [Name in keyof O]: O[Name] extends JobOption<infer T> ? T : never;
};

const asGiven = (text: string): string => text;

/** `--plan-only`: a flag. */
export const flag = (syntax: string, description: string): JobOption<boolean> => ({
  kind: 'flag',
  syntax,
  description,
  choices: null,
  absent: false,
  read: () => true,
});

/** `--from <D>`: the text as given; null if absent. */
export const text = (syntax: string, description: string): JobOption<string | null> =>
  value(syntax, description, asGiven);

/** `--until <HH:MM>`: read by a function; null if absent. */
export const value = <T>(syntax: string, description: string, read: (text: string) => T): JobOption<T | null> => ({
  kind: 'value',
  syntax,
  description,
  choices: null,
  absent: null,
  read,
});

/** `--max-calls <N>`: read like a setting; null if absent. A refusal says that the option takes what is `expected`. */
export const typed = <T>(
  syntax: string,
  description: string,
  format: Format<T>,
  expected: string,
): JobOption<T | null> =>
  value(syntax, description, (text) => {
    const read = format.safeParse(text);
    if (read.success) return read.data;
    const [name = ''] = syntax.split(' ');
    throw new UsageFault(`${name} takes ${expected}, not ${JSON.stringify(text)}.`);
  });

/** `--mode <mode>`: one of a few words; defaults to `absent`. */
export const choice = <const C extends string, const A extends C | null>(
  syntax: string,
  description: string,
  choices: readonly C[],
  absent: A,
): JobOption<C | A> => ({
  kind: 'value',
  syntax,
  description,
  choices,
  absent,
  // commander has refused all other values by now.
  read: (text) => choices.find((one) => one === text) ?? absent,
});

/** `<ACTION>`: an argument that must be one of a few words. */
export const word = <const C extends string>(
  syntax: string,
  description: string,
  choices: readonly [C, ...C[]],
): JobOption<C> => ({
  ...choice(syntax, description, choices, choices[0]),
  kind: 'argument',
});

/** `[FILE]`: an optional argument; null if absent. */
export const optionalArgument = (syntax: string, description: string): JobOption<string | null> => ({
  ...text(syntax, description),
  kind: 'argument',
});

/** `<RUN_ID>`: a required argument. */
export const argument = (syntax: string, description: string): JobOption<string> => ({
  kind: 'argument',
  syntax,
  description,
  choices: null,
  absent: '',
  read: asGiven,
});

/** `[WORDS...]`: all arguments from here on. */
export const remaining = (syntax: string, description: string): JobOption<readonly string[]> => ({
  kind: 'argument',
  syntax,
  description,
  choices: null,
  absent: [],
  read: (text) => [text],
});
