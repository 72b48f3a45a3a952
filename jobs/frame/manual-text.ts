import type { Help } from 'commander';
import type { ExitCode } from '../../src/fault.ts';
import { exitCodeMeanings, type Manual } from './job.ts';

export function manualText(manual: Manual, help: Help): string {
  const width = Math.min(help.helpWidth ?? 80, 100);
  const paragraph = (text: string, margin: number): string =>
    help.boxWrap(text, width - margin).replaceAll(/^/gm, ' '.repeat(margin));
  const exitCode = (code: ExitCode): string =>
    `${String(code).padStart(4)}  ${paragraph(exitCodeMeanings[code], 6).trimStart()}`;
  return [
    ['When', paragraph(manual.when, 2)],
    ['Reads', paragraph(manual.reads, 2)],
    ['Writes', paragraph(manual.writes, 2)],
    ['Safe to repeat', paragraph(manual.repeat, 2)],
    ['How to stop it', paragraph(manual.stop, 2)],
    ['Exit codes', manual.exitCodes.map(exitCode).join('\n')],
    ['Examples', manual.examples.map((example) => `  ${example}`).join('\n')],
  ]
    .map(([title, body]) => `\n${title}:\n${body}`)
    .join('\n');
}
