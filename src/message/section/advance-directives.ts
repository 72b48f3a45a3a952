import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

export const buildAdvanceDirectives: SectionBuilder<'advance_directives'> = (items) => ({
  AdvanceDirectives: items.map(directive),
  AdvanceDirectivesText: sectionText(items),
});

/** Credentials are one text here, but a list elsewhere at Redox. */
const directive = (item: Item<'advance_directives'>): Draft => ({
  ...item.codedPlus(''),
  Type: item.coded('type_'),
  ...item.period('started_at', 'ended_at'),
  ExternalReference: item.text('external_reference'),
  VerifiedBy: item.parts('verifier').map((verifier) => ({
    FirstName: verifier.text('verifier_first_name'),
    LastName: verifier.text('verifier_last_name'),
    Credentials: verifier.text('verifier_credentials'),
    DateTime: verifier.time('verifier_verified_at'),
  })),
  Custodians: item.parts('custodian').map((custodian) => ({
    FirstName: custodian.text('custodian_first_name'),
    LastName: custodian.text('custodian_last_name'),
    Credentials: custodian.text('custodian_credentials'),
    Address: custodian.address('custodian_'),
  })),
});
