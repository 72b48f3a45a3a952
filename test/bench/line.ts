/** One line of the table. */
export interface Line {
  readonly work: string;
  readonly measured: string;
  readonly floor: string;
  /** What is compared with the goals: `1.8x`, `93 %`. */
  readonly ratio: string;
  /** At least, and to aim for. */
  readonly goal: string;
  readonly isReached: boolean;
  /** Where the time went. */
  readonly detail: string;
}

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

interface Compared {
  readonly work: string;
  readonly ms: number;
  readonly floorMs: number;
  readonly reach: number;
  readonly aim: number | null;
  readonly detail?: string;
}

/** A time, and how many times its floor that is. */
export function timesFloor({ work, ms, floorMs, reach, aim, detail = '' }: Compared): Line {
  const times = ms / floorMs;
  return {
    work,
    measured: inSeconds(ms),
    floor: inSeconds(floorMs),
    ratio: `${times.toFixed(2)}x`,
    goal: `${reach}x${aim === null ? '' : `, ${aim}x`}`,
    isReached: times <= reach,
    detail,
  };
}

/** Calls per second, and which share of the floor's that is. */
export function shareOfFloor(
  work: string,
  rate: number,
  floorRate: number,
  reach: number,
  aim: number,
  detail = '',
): Line {
  const share = (100 * rate) / floorRate;
  return {
    work,
    measured: `${Math.round(rate)} calls/s`,
    floor: `${Math.round(floorRate)} calls/s`,
    ratio: `${share.toFixed(0)} %`,
    goal: `${reach} %, ${aim} %`,
    isReached: share >= reach,
    detail,
  };
}

/** A rate that is to be reached, whatever the floor's. */
export const atLeast = (work: string, rate: number, reach: number): Line => ({
  ...figure(work, `${Math.round(rate)} calls/s`),
  goal: `${reach} calls/s`,
  isReached: rate >= reach,
});

/** Something that stays below a number. */
export const below = (
  work: string,
  value: number,
  unit: string,
  reach: number,
  aim: number | null,
  detail = '',
): Line => ({
  work,
  measured: `${value.toFixed(unit === 's' ? 2 : 0)} ${unit}`,
  floor: '',
  ratio: '',
  goal: `${reach} ${unit}${aim === null ? '' : `, ${aim} ${unit}`}`,
  isReached: value <= reach,
  detail,
});

/** A figure to which no goal belongs. */
export const figure = (work: string, measured: string, detail = ''): Line => ({
  work,
  measured,
  floor: '',
  ratio: '',
  goal: '',
  isReached: true,
  detail,
});
