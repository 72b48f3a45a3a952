import pc from 'picocolors';
import winston from 'winston';
import { Writable } from 'node:stream';
import { type Event, events, type EventName, type Fields, type Level } from './log-events.ts';
import { inFull, milliseconds } from '../plain-text.ts';
import { openScreen, type Screen, type StepProgress, type TerminalStream } from './log-screen.ts';

/**
 * Writes the events of `log-events.ts`: one JSON object a line for machines, or one sentence a line at a terminal.
 * Job results go to stdout instead.
 */
export type Log = <E extends EventName>(event: E, fields: Fields<E>) => void;

interface OpenLog {
  readonly log: Log;
  /** Wipes the live line before other output reaches the same terminal. */
  readonly makeRoom: () => void;
  /** Resolves when every line has been handed to the stream. */
  readonly close: () => Promise<void>;
}

interface LogOptions {
  readonly level: Level;
  readonly stream: TerminalStream;
  readonly isHuman: boolean;
  /** The terminal lacks control characters (TERM=dumb). */
  readonly isDumb?: boolean;
}

type FieldValue = string | number | Date | Readonly<Record<string, number>> | null;
type FieldValues = Readonly<Record<string, FieldValue>>;

export function openLog({ level, stream, isHuman, isDumb = false }: LogOptions): OpenLog {
  const screen = openScreen(stream, isDumb);
  const transport = new winston.transports.Stream({ stream: isHuman ? aboveLiveLine(screen) : stream });
  const line = isHuman ? humanLine : jsonLine;
  const logger = winston.createLogger({
    level,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston's typing of its own class
    transports: transport,
    format: winston.format.printf((info) => line(info.message as EventName, info['fields'] as FieldValues)),
  });
  return {
    log: (event, fields) => {
      const { level, onlyForPeople, isLive }: Event = events[event];
      if (onlyForPeople === true && !isHuman) return;
      if (isLive !== true) logger.log(level, event, { fields: safe(event, fields) });
      else if (logger.isLevelEnabled(level)) screen.show(progressOf(safe(event, fields)));
    },
    makeRoom: screen.wipe,
    close: () =>
      new Promise((resolve) => {
        transport.once('finish', () => {
          screen.wipe();
          resolve();
        });
        logger.end();
      }),
  };
}

const aboveLiveLine = (screen: Screen): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      screen.write(chunk.toString());
      done();
    },
  });

const progressOf = ({ step, done, total, ms }: FieldValues): StepProgress => ({
  step: typeof step === 'string' ? step : '',
  done: Number(done),
  total: typeof total === 'number' ? total : null,
  ms: Number(ms),
});

/**
 * Backs up the types at run time: a code must be a short word, so another program's message (it may quote a patient)
 * is logged as "unprintable".
 */
function safe(event: EventName, fields: FieldValues): FieldValues {
  const kinds: Readonly<Record<string, string>> = events[event].fields;
  return Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => {
      const value = fields[name] ?? null;
      const isOdd = kind === 'code' && typeof value === 'string' && !/^[\w.:+-]{1,64}$/.test(value);
      return [name, isOdd ? 'unprintable' : value];
    }),
  );
}

/** The line of an event for machines, without its line break. */
export function jsonLine(event: EventName, fields: FieldValues): string {
  const present = Object.entries(fields).filter(([, value]) => value !== null);
  return JSON.stringify({
    time: new Date().toISOString(),
    level: events[event].level,
    event,
    ...Object.fromEntries(present.map(([name, value]) => [snakeCase(name), value])),
  });
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const colours: Record<Level, (text: string) => string> = {
  error: pc.red,
  warn: pc.yellow,
  info: String,
  debug: pc.dim,
};

function humanLine(event: EventName, fields: FieldValues): string {
  const { level, sentence } = events[event];
  const text = sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => humanValue(name, fields[name] ?? null));
  return `${pc.dim(new Date().toTimeString().slice(0, 8))} ${colours[level](text)}`;
}

function humanValue(name: string, value: FieldValue): string {
  if (value === null) return 'none';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number') return name.endsWith('ms') ? milliseconds(value) : inFull(value);
  // An id may hold anything, line breaks included.
  if (typeof value === 'string') return /^[\x20-\x7e]*$/.test(value) ? value : JSON.stringify(value);
  return Object.entries(value)
    .map(([what, count]) => `${inFull(count)} ${what.replaceAll('_', ' ')}`)
    .join(', ');
}
