import { RefusedFault } from '../fault.ts';

/** The refusal as the operator reads it. `takesFlag`: the refused job itself has --allow-large-change. */
export const refusedPlan = (refusal: string, takesFlag: boolean): RefusedFault =>
  new RefusedFault(
    `Refused: ${refusal}. Nothing was sent or stored. Check that EHR_URL and EHR_CONTRACT name the right source and that it is ` +
      `complete; if it really is so, ${takesFlag ? 'start the job again' : 'start `nightly`'} with --allow-large-change. ` +
      'With --plan-only instead, the reports show every row and nothing is sent.',
    { reason: 'guard' },
  );
