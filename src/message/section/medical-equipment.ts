import { readActStatus } from '../../values/clinical/clinical-status.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

type Device = Item<'medical_equipment'>;

export const buildMedicalEquipment: SectionBuilder<'medical_equipment'> = (items) => ({
  MedicalEquipment: items.map((item) => ({
    Status: item.status(readActStatus),
    StartDate: item.time('started_at'),
    Quantity: item.number('quantity'),
    Product: product(item),
    Procedure: { ...item.coded('procedure_'), TargetSite: item.coded('target_site_') },
    Comments: item.comments(),
  })),
  MedicalEquipmentText: sectionText(items),
});

/** The FDA's OID for unique device identifiers, as in C-CDA. */
const fdaUdi = '2.16.840.1.113883.3.3719';

const product = (item: Device): Draft => {
  const udi = item.id('udi');
  return {
    ...item.codedPlus(''),
    Identifiers: udi === undefined ? [] : [{ ID: udi, IDType: fdaUdi }],
    DeviceID: item.id('device_identifier'),
    Issuer: item.text('issuer'),
    BrandName: item.text('brand_name'),
    CatalogNumber: item.id('catalog_number'),
    ModelNumber: item.id('model_number'),
    SerialNumber: item.id('serial_number'),
    LotNumber: item.id('lot_number'),
    ManufacturerName: item.text('manufacturer'),
    ManufactureDate: item.time('manufactured_at'),
    ExpirationDate: item.time('expires_at'),
    DistinctID: item.id('distinct_id'),
    SafetyObservations: item.parts('safety').map((safety) => safety.coded('safety_')),
  };
};
