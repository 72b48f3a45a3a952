import { readGivenStatus } from '../../values/clinical/clinical-status.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

export const buildImmunizations: SectionBuilder<'immunizations'> = (items) => ({
  Immunizations: items.map(immunization),
  ImmunizationText: sectionText(items),
});

const immunization = (item: Item<'immunizations'>): Draft => ({
  DateTime: item.time('given_at'),
  Status: item.status(readGivenStatus),
  Route: item.coded('route_'),
  Product: {
    ...item.codedPlus(''),
    Manufacturer: item.text('manufacturer'),
    LotNumber: item.id('lot_number'),
  },
  Dose: item.quantity('dose'),
  ReasonNotGiven: item.reasonNotDone(),
});
