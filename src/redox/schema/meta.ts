import { each, exactly, instant, list, object, type Schema, text, yesOrNo } from './notation.ts';

/** `Meta` of a message that we send. Redox wants a destination of every request, though its own schema does not say so. */
export const meta = (dataModel: string, eventType: string): Schema =>
  object(
    {
      DataModel: exactly(dataModel),
      EventType: exactly(eventType),
      EventDateTime: instant,
      Test: yesOrNo,
      Source: object(each(text, 'ID', 'Name')),
      Destinations: list(object(each(text, 'ID', 'Name'), ['ID'])),
      FacilityCode: text,
    },
    ['DataModel', 'EventType', 'Destinations'],
  );
