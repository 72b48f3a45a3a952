import type { HoldPolicy } from '../../decide/hold-reason.ts';
import type { NightRequest } from '../night-request.ts';
import type { Scope } from '../../run/scope.ts';

/**
 * What this run leaves standing. A person who lists rows (`rerun --only`) asks for what Redox refused and for what was to be left,
 * but not for what it may have: for that it takes `--force` or `resend --held`.
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
