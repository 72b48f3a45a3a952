/** Warns about plans that would run as usual and still be of little use. */
import { counted, inFull } from '../../plain-text.ts';
import type { PagePlan } from '../page/facts.ts';
import type { Summary } from '../summary.ts';

export const planWarnings = ({ encounters }: Summary, plan: PagePlan): readonly string[] =>
  [noVisitFinished(encounters, plan), unfindable(plan)].filter((warning) => warning !== null);

/** A wrong mapping of statuses in the contract looks like this: all visits are read, and none is ever due. */
function noVisitFinished({ read, not_due, invalid }: Summary['encounters'], { has_pushed }: PagePlan): string | null {
  if (has_pushed || not_due === 0 || not_due + invalid < read) return null;
  return (
    `No visit would be sent: none of the ${counted(read, 'visit')} read is finished. ` +
    'If that is wrong, correct how encounters.sql of the contract gives status.'
  );
}

function unfindable({ patients, unfindable: faulty }: PagePlan): string | null {
  if (faulty === 0) return null;
  const keys = 'name, birth date and ZIP';
  if (faulty === patients) {
    return (
      `Nobody would be found: of all ${counted(patients, 'patient')} in this plan ${keys} are incomplete or malformed. ` +
      "data-quality.csv says which; correct the contract's patients.sql before you send it."
    );
  }
  return (
    `Others could find ${inFull(patients - faulty)} of the ${counted(patients, 'patient')} in this plan by ${keys}; ` +
    `data-quality.csv lists the other ${inFull(faulty)}.`
  );
}
