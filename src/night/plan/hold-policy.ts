import type { HoldPolicy } from '../../decide/hold-reason.ts';
import type { NightRequest } from '../night-request.ts';
import type { Scope } from '../../run/scope.ts';

/**
 * The rows that this run leaves on hold. `rerun --only` retries rejected and ignored rows; rows with an unknown outcome need `--force` or
 * `resend --held`.
 */
export function holdPolicyOf(
  { config, forced, includesHeld }: Pick<NightRequest, 'config' | 'forced' | 'includesHeld'>,
  scope: Scope,
): HoldPolicy {
  const isListed = scope.kind === 'only';
  return {
    holdsUnknown: config.unknownOutcome === 'hold' && !forced && !includesHeld,
    holdsRejected: !forced && !includesHeld && !isListed,
    leavesIgnored: !forced && !isListed,
  };
}
