import type { JsonValue } from '../../../json.ts';
import { messages, type EventName as MessageName } from '../../../redox/schema/messages.ts';
import { queries, type QueryName } from '../../../redox/schema/queries.ts';
import { compile, type Check } from './check.ts';
import { textAt } from './lookup.ts';

const shapes = { ...messages, ...queries };

export type EventName = MessageName | QueryName;
export type { QueryName };

/** The event that `Meta` names; null if it names none that the stand-in takes. */
export function eventOf(message: JsonValue): EventName | null {
  const name = `${textAt(message, 'Meta', 'DataModel') ?? ''}:${textAt(message, 'Meta', 'EventType') ?? ''}`;
  return isEventName(name) ? name : null;
}

const checks = new Map<EventName, Check>();

/** Compiled when the first message of its kind comes. */
export function checkOf(event: EventName): Check {
  const check = checks.get(event) ?? compile(shapes[event]);
  checks.set(event, check);
  return check;
}

/** Organization messages are answered by the directory; all others are only taken in. */
export const isOrganization = (event: EventName): event is 'Organization:New' | 'Organization:Update' =>
  event === 'Organization:New' || event === 'Organization:Update';

/** Queries are answered from the repository. */
export const isQuery = (event: EventName): event is QueryName => Object.hasOwn(queries, event);

const isEventName = (name: string): name is EventName => Object.hasOwn(shapes, name);
