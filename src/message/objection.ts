import type { VisitFault } from '../contract/row/visit-state.ts';

/** Why one of our messages is not sent. It contains places and kinds of fault, never values. */
export type Objection =
  | { readonly reason: 'invalid_message'; readonly path: string; readonly fault: MessageFault }
  | {
      readonly reason: 'too_large';
      /** The largest top-level key of the message. */
      readonly path: string;
      readonly pathBytes: number;
      readonly messageBytes: number;
      readonly limitBytes: number;
    }
  | { readonly reason: 'implausible_visit'; readonly path: 'Header'; readonly fault: VisitFault };

/**
 * `unknown_key`: not a field of the message · `missing`: a required field is absent · `wrong_type` · `null` · `empty`:
 * an empty text, object or list · `not_xml`: a character that XML forbids · `malformed`: a date, time, phone number,
 * OID or version in a wrong form · `wrong_value`: differs from the only permitted value.
 */
export type MessageFault =
  'unknown_key' | 'missing' | 'wrong_type' | 'null' | 'empty' | 'not_xml' | 'malformed' | 'wrong_value';

export type ObjectionReason = Objection['reason'];

/** For reports: `Results[2].Status: empty`, `Results: 9000000 of 10400000 bytes, limit 10000000`, `no_times`. */
export function objectionDetail(objection: Objection): string {
  switch (objection.reason) {
    case 'invalid_message':
      return `${objection.path}: ${objection.fault}`;
    case 'too_large':
      return `${objection.path}: ${objection.pathBytes} of ${objection.messageBytes} bytes, limit ${objection.limitBytes}`;
    case 'implausible_visit':
      return objection.fault;
  }
}

/** The top-level key of the message that contains the fault. */
export const sectionOf = ({ path }: Objection): string => /^[^.[]*/.exec(path)?.[0] ?? path;
