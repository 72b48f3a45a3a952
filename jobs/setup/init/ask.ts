import { createInterface } from 'node:readline/promises';
import { Fault, exitCodes } from '../../../src/fault.ts';
import type { JobContext } from '../../frame/job.ts';
import { faultOf, type Answers, type questions } from './question.ts';

/** Asks a person, question by question; what a flag has answered is not asked. Rejects where they leave. */
export async function askPerson(
  { signal, stdout, print }: Pick<JobContext, 'signal' | 'stdout' | 'print'>,
  given: Readonly<Record<keyof Answers, string | null>>,
  asked: ReturnType<typeof questions>,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<Answers> {
  const lines = createInterface({ input, output: stdout });
  const leaving = new AbortController();
  lines.once('close', () => {
    leaving.abort();
  });
  const answers = new Map<string, string>();
  try {
    for (const [name, { setting, asks, usually }] of Object.entries(asked)) {
      let answer = given[name as keyof Answers];
      for (;;) {
        const text = `${asks}${usually === null ? '' : ` [${usually}]`}:\n  ${setting}=`;
        answer ??= (await lines.question(text, { signal: AbortSignal.any([signal, leaving.signal]) })).trim();
        if (answer === '' && usually !== null) answer = usually;
        const wrong = answer === '' ? 'There is no usual answer to this one.' : faultOf(setting, answer);
        if (wrong === null) break;
        print(`  ${wrong}`);
        answer = null;
      }
      answers.set(name, answer);
    }
    return Object.fromEntries(answers) as unknown as Answers;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      throw new Fault(exitCodes.stopped, 'Stopped; nothing was written.', { cause: error });
    }
    throw error;
  } finally {
    lines.close();
  }
}
