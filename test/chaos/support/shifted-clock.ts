/**
 * Loaded before the program, gives it another wall clock: `CHAOS_CLOCK_SHIFT_MS` beside the real one, from
 * `CHAOS_CLOCK_AFTER_MS` after the start on. The monotonic clock, and so every timer, is left as it is, as by NTP.
 */
const shiftMs = Number(process.env['CHAOS_CLOCK_SHIFT_MS'] ?? 0);
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
