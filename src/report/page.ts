import type { Session } from '../postgres/session.ts';
import { documentOf } from './page/document.ts';
import type { PageFacts } from './page/facts.ts';
import { type Known, readFacts } from './page/read-facts.ts';
import { writeWhole } from './report-file.ts';

/** Writes `report.html`: a run for people to read in the morning, in one self-contained file. */
export async function writePage(session: Session, runNumber: number, known: Known, path: string): Promise<PageFacts> {
  const facts = await readFacts(session, runNumber, known);
  const page = documentOf(facts);
  await writeWhole(path, (append) => append(page));
  return facts;
}
