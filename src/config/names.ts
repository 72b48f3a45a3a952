import { closest, distance } from 'fastest-levenshtein';
import { knownNames, type Layer } from './format/sources.ts';

/**
 * Misspelt names. A setting with a default would silently keep it if its name were misspelt, and some of them decide what
 * is sent twice. So a name with one of our prefixes, or one that is nearly ours, is a fault; where the name it resembles
 * is given as well, it is more likely somebody else's (`LOGLEVEL`) and only a warning.
 */
interface NameNotes {
  readonly faults: readonly string[];
  readonly warnings: readonly NameWarning[];
}

export interface NameWarning {
  readonly name: string;
  readonly nearest: string;
}

const ownPrefix = /^(EHR|LEDGER|REDOX)_/;
const slips = 2;

/** Kubernetes and Docker links describe a service called `ledger` to every container with names like these. */
const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT|PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)$/;

export function checkNames(layers: readonly Layer[]): NameNotes {
  const faults: string[] = [];
  const warnings: NameWarning[] = [];
  for (const { variables, origin } of layers) {
    const given = Object.keys(variables).filter((name) => variables[name] !== undefined && variables[name] !== '');
    for (const name of given) {
      const nearest = nearestKnown(name);
      if (nearest === null) continue;
      const isProbablyNotOurs = !ownPrefix.test(name) && given.includes(nearest);
      if (isProbablyNotOurs) warnings.push({ name, nearest });
      else
        faults.push(
          `${name} (${origin}) is not a name of redox-reconcile; expected ${nearest}, or nothing of that name.`,
        );
    }
  }
  return { faults, warnings };
}

/** The known name that a strange one resembles; null where it is known, or none of our business. */
function nearestKnown(name: string): string | null {
  if (knownNames.includes(name) || serviceLink.test(name)) return null;
  const upper = name.toUpperCase();
  const nearest = knownNames.find((known) => known.startsWith(upper)) ?? closest(upper, knownNames);
  return ownPrefix.test(name) || distance(upper, nearest) <= slips ? nearest : null;
}
