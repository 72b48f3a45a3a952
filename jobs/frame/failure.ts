import { type EndReason, exitCodes, type ExitCode, Fault, usualReasons } from '../../src/fault.ts';
import type { Level } from '../../src/log/log-events.ts';
import { packageRoot, packageVersion } from '../../src/package-root.ts';
import { sourcePlaceOf } from './source-place.ts';

export interface Failure {
  readonly exitCode: ExitCode;
  readonly reason: EndReason;
  /** For stderr, with its line break. */
  readonly text: string;
}

/**
 * The text shown for a thrown error. A fault's own message is shown. Any other error is a bug; its message is withheld, because a
 * database error may quote a row and a parser its text. Class, code and places in our code are free of patients' values.
 */
export function explain(error: unknown, level: Level): Failure {
  if (error instanceof Fault) return { exitCode: error.exitCode, reason: error.reason, text: `${error.message}\n` };
  const denied = denialOf(error);
  if (denied !== null) return denied;
  const places = ownFrames(error);
  const lines = [
    `This is a bug in redox-reconcile ${packageVersion}: ${kindOf(error)}${places[0] === undefined ? '' : ` at ${places[0]}`}.`,
    'Its message is withheld because it could quote a patient. Nothing is lost: the next run recovers the rest.',
    level === 'debug'
      ? places.map((place) => `  at ${place}`).join('\n')
      : 'LOG_LEVEL=debug shows the whole way there.',
  ];
  return { exitCode: exitCodes.bug, reason: 'bug', text: `${lines.join('\n')}\n` };
}

interface Denial {
  readonly exitCode: ExitCode;
  readonly sentence: string;
}

const machine = (sentence: string): Denial => ({ exitCode: exitCodes.unavailable, sentence });
const options = (sentence: string): Denial => ({ exitCode: exitCodes.usage, sentence });

/** Limits of the machine or of Node's options, by error code. They are faults of the installation, and a code never holds a patient's value. */
const denials: Readonly<Record<string, Denial>> = {
  EMFILE: machine(
    'This process may open no more files. Raise its limit (`ulimit -n`, LimitNOFILE of systemd) to 256 at least',
  ),
  ENFILE: machine('This machine can open no more files. End what keeps them open, or raise fs.file-max'),
  ENOMEM: machine('This machine has no memory left. End what takes it, or give it more'),
  ENOSPC: machine('A disk is full. Make room on those of TMPDIR, REPORT_DIR and the ledger'),
  EDQUOT: machine(
    'The quota of this user on a disk is used up. Make room on those of TMPDIR, REPORT_DIR and the ledger',
  ),
  EFBIG: machine('A file may not grow any more. Raise the limit of this process (`ulimit -f`, LimitFSIZE of systemd)'),
  EROFS: machine('A disk is read-only. See why, and whether TMPDIR and REPORT_DIR are where they can be written'),
  EIO: machine('A disk or a terminal fails. See the log of the system'),
  ERR_ACCESS_DENIED: options('Node denies it by its permission model. Take --permission out of NODE_OPTIONS'),
  EvalError: options(
    'Node makes no code from texts. Take --disallow-code-generation-from-strings out of NODE_OPTIONS, or run the built command',
  ),
};

function denialOf(error: unknown): Failure | null {
  if (!(error instanceof Error)) return null;
  const code: unknown = 'code' in error ? error.code : error.name;
  const denial = typeof code === 'string' ? denials[code] : undefined;
  if (denial === undefined) return denialOf(error.cause);
  const end = `(${String(code)}), then start again. Nothing is lost: the next run recovers the rest.`;
  const { exitCode, sentence } = denial;
  return { exitCode, reason: usualReasons[exitCode], text: `${sentence} ${end}\n` };
}

/** The class, and the code where it looks like one (`ECONNRESET`, SQLSTATE `23505`). */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const code: unknown = 'code' in error ? error.code : undefined;
  const isCode = typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code);
  return isCode ? `${error.constructor.name} ${code}` : error.constructor.name;
}

/** `src/ledger/run/lock.ts:41:7`, the innermost first; frames of libraries and of Node are left out. */
function ownFrames(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.split('\n').flatMap((line) => {
    const [, file, at, column] = /^ {4}at (?:.* \()?(?:file:\/\/)?(\/.+):(\d+):(\d+)\)?$/.exec(line) ?? [];
    if (file?.startsWith(`${packageRoot}/`) !== true) return [];
    const place = sourcePlaceOf({ path: file, line: Number(at), column: Number(column) });
    // The program itself may be installed in such a folder.
    const own = place.path.slice(packageRoot.length + 1);
    return own.startsWith('node_modules/') ? [] : [`${own}:${place.line}:${place.column}`];
  });
}
