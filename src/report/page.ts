import type { Session } from '../postgres/session.ts';
import { documentOf } from './page/document.ts';
import type { PageFacts } from './page/facts.ts';
import { readFacts } from './page/read-facts.ts';
import { writeWhole } from './report-file.ts';
import type { Summary } from './summary.ts';

/** Writes `report.html`: a run for people to read in the morning, in one self-contained file. */
export async function writePage(
  session: Session,
  runNumber: number,
  summarised: Promise<Summary>,
  path: string,
): Promise<PageFacts> {
  const facts = await readFacts(session, runNumber, summarised);
  const page = documentOf(facts);
  await writeWhole(path, (append) => append(page));
  return facts;
}
