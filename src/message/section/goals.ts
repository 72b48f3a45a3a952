import { unitsBeside } from '../../values/clinical/units.ts';
import type { Draft } from '../present.ts';
import type { SectionBuilder } from '../item/builder.ts';
import type { Item } from '../item/item.ts';
import { sectionText } from '../item/text.ts';

export const buildGoals: SectionBuilder<'goals'> = (items) => ({
  Goals: items.map(goal),
  GoalsText: sectionText(items),
});

const goal = (item: Item<'goals'>): Draft => ({
  ...item.codedPlus(''),
  Value: item.text('value'),
  CodedValue: item.coded('value_'),
  Units: unitsBeside(item.text('value') ?? '', item.text('units')),
  DateTime: item.time('recorded_at'),
  ...item.period('started_at', 'ended_at'),
  Priority: item.coded('priority_'),
  AchievementStatus: item.coded('achievement_status_'),
  Milestones: item.parts('milestone').map((step) => ({
    ...step.coded('milestone_'),
    Value: step.text('milestone_value'),
    Units: unitsBeside(step.text('milestone_value') ?? '', step.text('milestone_units')),
    DateTime: step.time('milestone_recorded_at'),
    ...step.period('milestone_started_at', 'milestone_ended_at'),
    AchievementStatus: step.coded('milestone_achievement_status_'),
  })),
  Comments: item.comments(),
});
