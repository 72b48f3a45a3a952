import type { VisitFault } from '../contract/row/visit-plausibility.ts';

/** Why a message of ours is not sent. It says where and what, never the value. */
export type Objection =
  | { readonly reason: 'invalid_message'; readonly path: string; readonly fault: MessageFault }
  | {
      readonly reason: 'too_large';
      /** The key of the message that takes the most. */
      readonly path: string;
      readonly pathBytes: number;
      readonly messageBytes: number;
      readonly limitBytes: number;
    }
  | { readonly reason: 'implausible_visit'; readonly path: 'Header'; readonly fault: VisitFault };

/**
 * `unknown_key`: not a field of the message · `missing`: a field that must be there · `wrong_type` · `null` · `empty`: a text,
 * object or list that says nothing · `not_xml`: a character that no XML document can hold · `malformed`: not written as a date, a
 * time, a phone number, an OID or a version must be · `wrong_value`: not the one that only it can be.
 */
export type MessageFault =
  'unknown_key' | 'missing' | 'wrong_type' | 'null' | 'empty' | 'not_xml' | 'malformed' | 'wrong_value';

export type ObjectionReason = Objection['reason'];

/** For a report: `Results[2].Status: empty`, `Results: 9000000 of 10400000 bytes, limit 10000000`, `no_times`. */
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

/** The key of the message under which the trouble is. */
export const sectionOf = ({ path }: Objection): string => /^[^.[]*/.exec(path)?.[0] ?? path;
