/** Converts amounts to heights. Amounts are counts and durations: whole numbers from 0. */
import { scaleLinear, scaleSymlog } from 'd3-scale';
import { inFull } from '../../../plain-text.ts';

/** `log`: each grid line is a fixed multiple of the one below, so that 15 is visible beside 58,198; 0 is the floor. */
export type AmountScale = 'linear' | 'log';

interface Amounts {
  /** The height of an amount, between `floor` (0) and `top` (the largest). */
  readonly height: (floor: number, top: number) => (amount: number) => number;
  readonly ticks: readonly number[];
}

const fewTicks = 3;

/** The smaller, the higher 1 is drawn above 0: here by a line of text in the lowest chart. */
const roomBelowOne = 0.3;

export function amountsTo(largest: number, scale: AmountScale): Amounts {
  if (scale === 'log') {
    const amounts = scaleSymlog([0, Math.max(1, largest)], [0, 1]).constant(roomBelowOne);
    return { height: (floor, top) => amounts.copy().range([floor, top]), ticks: [0, ...powersUpTo(largest)] };
  }
  const amounts = scaleLinear([0, Math.max(1, largest)], [0, 1]).nice(fewTicks);
  return {
    height: (floor, top) => amounts.copy().range([floor, top]),
    ticks: amounts.ticks(fewTicks).filter(Number.isInteger),
  };
}

/** Beyond this ratio, the smaller bars of a linear scale are invisible. */
const linearUpTo = 10;

/** `log` if the largest amount is more than ten times the smallest above 0. */
export function scaleFor(amounts: readonly number[]): AmountScale {
  const some = amounts.filter((amount) => amount > 0);
  return Math.max(...some, 0) > linearUpTo * Math.min(...some, Infinity) ? 'log' : 'linear';
}

/** Describes the scale in words, for the drawing and for screen readers. */
export function scaleInWords(largest: number, scale: AmountScale): string | null {
  if (scale === 'linear') return null;
  return `The scale is logarithmic: from 1 on, each line is ${inFull(stepTo(largest))} times the one below it.`;
}

const mostPowers = 5;

function powersUpTo(largest: number): readonly number[] {
  const step = stepTo(largest);
  const powers: number[] = [];
  for (let power = 1; power <= largest; power *= step) powers.push(power);
  return powers;
}

/** Ten, or a hundred if ten would draw too many lines. */
const stepTo = (largest: number): number => (Math.log10(Math.max(1, largest)) < mostPowers ? 10 : 100);
