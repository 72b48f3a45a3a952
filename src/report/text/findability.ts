import { breaksDemographics, type MatchFault, matchFaults } from '../../message/fingerprint/findability.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { counted, inFull } from '../../plain-text.ts';

/** How many of the patients present at Redox others can find. Always current, also in reports of older runs. */
export interface Findability {
  /** Patients whose match keys are known. */
  readonly patients: number;
  /** Patients that can be found by first name, last name, birth date and ZIP. */
  readonly findable: number;
  /** `findable` of `patients`, four decimals, rounded down: 1 means all. Null without patients. */
  readonly share: number | null;
  /** Patients with that fault; one may have several. */
  readonly faults: Readonly<Record<MatchFault, number>>;
  /** Patients with unknown match keys, as after a baseline. */
  readonly not_judged: number;
}

interface Combination {
  readonly match_faults: readonly MatchFault[] | null;
  readonly patients: number;
}

export async function readFindability(session: Session): Promise<Findability> {
  const combinations = await session.run<Combination>(statement('ledger/status/count_match_faults'));
  const count = (suits: (faults: readonly MatchFault[]) => boolean): number =>
    combinations.reduce(
      (sum, { match_faults, patients }) => sum + (match_faults !== null && suits(match_faults) ? patients : 0),
      0,
    );
  const patients = count(() => true);
  const findable = count((faults) => !faults.some(breaksDemographics));
  return {
    patients,
    findable,
    share: patients === 0 ? null : Math.floor((findable / patients) * 10_000) / 10_000,
    faults: Object.fromEntries(
      matchFaults.map((fault) => [fault, count((faults) => faults.includes(fault))]),
    ) as Findability['faults'],
    not_judged: combinations.find(({ match_faults }) => match_faults === null)?.patients ?? 0,
  };
}

/** `1,946 of 2,000 patients (97.30 %) by name, birth date and ZIP; 12 not assessed`; null if Redox has none. */
export function describeFindability({ patients, findable, share, not_judged }: Findability): string | null {
  const unassessed = not_judged === 0 ? [] : [`${inFull(not_judged)} not assessed`];
  const assessed =
    share === null
      ? []
      : [`${inFull(findable)} of ${counted(patients, 'patient')} (${percent(share)}) by name, birth date and ZIP`];
  const parts = [...assessed, ...unassessed];
  return parts.length === 0 ? null : parts.join('; ');
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
