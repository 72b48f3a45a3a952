import { closedWords } from '../../values/word.ts';
import { readActStatus } from '../../values/clinical/clinical-status.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import { itemsByKind } from '../item/kind.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

type Procedure = Item<'procedures'>;

/** An object, so procedures are in `Procedures.Procedures`. Services alone have no target site. */
export const buildProcedures: SectionBuilder<'procedures'> = (items) => {
  const { procedure, observation, service } = itemsByKind(items, readKind, ['procedure', 'observation', 'service']);
  return {
    Procedures: {
      Observations: observation.map(onBody),
      Procedures: procedure.map(onBody),
      Services: service.map(act),
    },
    ProceduresText: sectionText(items),
  };
};

const readKind = closedWords({ procedure: '', observation: '', service: 'act' });

const onBody = (item: Procedure): Draft => ({ ...act(item), TargetSite: item.coded('target_site_') });

const act = (item: Procedure): Readonly<Record<string, Draft>> => ({
  ...item.codedPlus(''),
  DateTime: item.time('performed_at'),
  Status: item.status(readActStatus),
  Comments: item.comments(),
});
