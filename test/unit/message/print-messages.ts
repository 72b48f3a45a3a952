/**
 * Prints one message of each kind, as they come out with the clock of this process set to the time in argv. The clock is
 * set before anything of ours, or luxon, is loaded, so that nothing can have looked at the real one.
 */
const now = Number(process.argv[2]);

globalThis.Date = class extends Date {
  constructor(...parts: readonly unknown[]) {
    super(...((parts.length === 0 ? [now] : parts) as [number]));
  }

  static override now(): number {
    return now;
  }
} as DateConstructor;

const { buildNewPatient, buildPatientMerge, buildPatientUpdate } = await import('../../../src/message/patient.ts');
const { buildVisitPush } = await import('../../../src/message/document/visit.ts');
const { context, fullPatient, inpatientVisit, outpatientVisit, push, sparsePatient, sparseVisit } =
  await import('./rows.ts');

const inZone = (ehrTimeZone: string): unknown[] => {
  const site = { ...context, ehrTimeZone };
  return [
    buildNewPatient(fullPatient, site),
    buildPatientUpdate(sparsePatient, site),
    buildPatientMerge(fullPatient, ['1'], site),
    buildVisitPush(outpatientVisit, fullPatient, push, site),
    // In New York both of its times lie in the hour that repeats.
    buildVisitPush(inpatientVisit, fullPatient, push, site),
    buildVisitPush(sparseVisit, sparsePatient, push, site),
  ];
};

process.stdout.write(
  JSON.stringify({
    // What the reader of this output must know to trust it.
    processTime: new Date().toISOString(),
    processOffset: new Date(now).getTimezoneOffset(),
    messages: ['America/New_York', 'Europe/London', 'Australia/Lord_Howe'].map(inZone),
  }),
);
