/** How an amount becomes a height. Amounts are counts and times: whole, from nothing on. */
import { scaleLinear, scaleSymlog } from 'd3-scale';
import { inFull } from '../../text/plain-text.ts';

/** `log`: each grid line is so many times the one below it, so that 15 can be seen beside 58,198; nothing is still the floor. */
export type AmountScale = 'linear' | 'log';

interface Amounts {
  /** The height of an amount, where `floor` is that of nothing and `top` that of the largest. */
  readonly height: (floor: number, top: number) => (amount: number) => number;
  readonly ticks: readonly number[];
}

const fewTicks = 3;

/** The smaller, the higher stands 1 above nothing: here by a line of text in the lowest of our charts. */
const roomBelowOne = 0.3;

/** From nothing to the largest amount. */
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

/** So far apart, linear bars of the one are not to be seen beside those of the other. */
const linearUpTo = 10;

/** `log` where the largest of these amounts is more than ten times the smallest that is something. */
export function scaleFor(amounts: readonly number[]): AmountScale {
  const some = amounts.filter((amount) => amount > 0);
  return Math.max(...some, 0) > linearUpTo * Math.min(...some, Infinity) ? 'log' : 'linear';
}

/** What people who see the drawing, or hear of it, must know of its scale. */
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

/** Ten, or a hundred where there would be too many lines. */
const stepTo = (largest: number): number => (Math.log10(Math.max(1, largest)) < mostPowers ? 10 : 100);
