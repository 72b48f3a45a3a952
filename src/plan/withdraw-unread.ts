/** Calls of a stored plan with content that today's damaged source may lack; a later plan compares their rows again. */
import { supersedeUnread, withContent } from '../ledger/plan/apply.ts';
import type { Services } from '../run/services.ts';
import { SectionWatch, detailContent, sectionContent } from './section-watch.ts';

export async function withdrawUnread({ ehr, ledger, run, source }: Services): Promise<void> {
  const { damage, files } = source;
  const hasDamagedFields = files.some(({ damagedFields }) => damagedFields > 0);
  const { fingerprints, reader, writer } = ledger;
  const kinds = [
    { entity: 'patient', content: detailContent(ehr, fingerprints), damaged: damage.details },
    { entity: 'encounter', content: sectionContent('sections', ehr, fingerprints), damaged: damage.sections },
    { entity: 'summary', content: sectionContent('summary', ehr, fingerprints), damaged: damage.summary },
  ] as const;
  for (const { entity, content, damaged } of kinds) {
    if (damaged.length === 0 && !hasDamagedFields) continue;
    const watch = await SectionWatch.open(content, { damaged, hasDamagedFields });
    for await (const rows of withContent(reader, run, entity)) {
      const unread = await watch.look(rows);
      const calls = rows.filter(({ entity_id }) => unread.has(entity_id)).map(({ call_id }) => call_id);
      if (calls.length > 0) await supersedeUnread(writer, calls);
    }
  }
}
