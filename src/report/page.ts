import type { Session } from '../postgres/session.ts';
import { documentOf } from './page/document.ts';
import { readFacts } from './page/facts.ts';
import { writeWhole } from './report-file.ts';
import type { Summary } from './summary.ts';

/** Writes `report.html`: a run as people read it in the morning, in one file that needs no network. */
export async function writePage(
  session: Session,
  runNumber: number,
  summarised: Promise<Summary>,
  path: string,
): Promise<void> {
  const page = documentOf(await readFacts(session, runNumber, summarised));
  await writeWhole(path, (append) => append(page));
}
