import { readFileSync } from 'node:fs';

/**
 * Loaded before the program, gives it another wall clock: `CHAOS_CLOCK_SHIFT_MS` beside the real one, from
 * `CHAOS_CLOCK_AFTER_MS` after the start on; or by the number in the file `CHAOS_CLOCK_FILE`, read again at SIGUSR2. The monotonic
 * clock, and so every timer, is left as it is, as by NTP.
 */
const file = process.env['CHAOS_CLOCK_FILE'];
const readShift = (): number =>
  Number(file === undefined ? (process.env['CHAOS_CLOCK_SHIFT_MS'] ?? 0) : readFileSync(file, 'utf8'));
let shiftMs = readShift();
if (file !== undefined) {
  process.on('SIGUSR2', () => {
    shiftMs = readShift();
  });
}
const afterMs = Number(process.env['CHAOS_CLOCK_AFTER_MS'] ?? 0);
const RealDate = Date;

const now = (): number => RealDate.now() + (performance.now() >= afterMs ? shiftMs : 0);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: unknown[], newTarget): object => {
    const made: unknown = Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget);
    return made as Date;
  },
  get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
});
