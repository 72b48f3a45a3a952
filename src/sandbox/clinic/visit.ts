import { addMinutes, wallClock, type Day } from './day/calendar.ts';
import { Dice, type Weighted } from './dice.ts';
import { practitionerCount } from './practitioner.ts';
import type { Row, Setting } from './setting.ts';
import { inpatient, type VisitKind } from './visit-kinds.ts';

// Beyond 32 bits, as contact serial numbers of large EHRs are.
const firstVisitId = 20_000_000_000;
export const visitIdOf = (number: number): string => String(firstVisitId + number);
/** 0 for none. */
export const visitNumberOf = (id: string | null): number => (id === null ? 0 : Number(id) - firstVisitId);

export interface VisitPlan {
  readonly owner: (dice: Dice, day: Day) => string;
  readonly kinds: Weighted<VisitKind>;
  readonly begins: (dice: Dice) => Day;
  /** The first day with future visits. */
  readonly today: Day;
  readonly takesPlace?: boolean;
  /** When the row was entered, from the wall-clock time of its last event. */
  readonly entered: (dice: Dice, visited: string) => string;
}

export function visitRow(setting: Setting, number: number, plan: VisitPlan): Row {
  const dice = new Dice(setting.seed, 'visit', number);
  const kind = dice.weigh(plan.kinds);
  const day = plan.begins(dice);
  const began = wallClock(day, dice.between(...kind.begins) * 15);
  const end = addMinutes(began, dice.between(...kind.lasts));
  const state = stateOf(dice, { kind, began, end, plan });
  const [billingCode, billingName] = dice.pick(kind.billing);
  const [complaintCode, complaintName] = dice.chance(0.03) ? [null, null] : dice.pick(kind.complaints);
  const isOver = state === 'DONE';
  return [
    visitIdOf(number),
    plan.owner(dice, day),
    dice.pick(kind.departments),
    dice.chance(0.02) ? null : String(dice.between(1, practitionerCount)),
    state,
    began,
    isOver ? end : null,
    billingCode,
    billingName,
    complaintCode,
    complaintName,
    isOver && kind === inpatient ? dice.weigh(dispositions) : null,
    isOver ? String(dice.between(1, 3)) : '0',
    plan.entered(dice, isOver ? end : began),
  ];
}

interface Timing {
  readonly kind: VisitKind;
  readonly began: string;
  readonly end: string;
  readonly plan: VisitPlan;
}

function stateOf(dice: Dice, { kind, began, end, plan }: Timing): string {
  const isToCome = began >= plan.today;
  if (isToCome) return dice.chance(0.03) ? 'CANCEL' : 'SCHED';
  if (plan.takesPlace === true) return 'DONE';
  // Some stays are never closed in the system.
  if (kind === inpatient && (end >= plan.today || dice.chance(0.02))) return 'ARRIVED';
  return dice.weigh([
    [92, 'DONE'],
    [5, 'CANCEL'],
    [3, 'NOSHOW'],
  ]);
}

/** UB-04 patient status: home, another hospital, a nursing facility, home health, died. */
const dispositions: Weighted<string> = [
  [75, '01'],
  [5, '02'],
  [10, '03'],
  [8, '06'],
  [2, '20'],
];
