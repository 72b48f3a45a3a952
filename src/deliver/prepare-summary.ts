/** From a planned call for a patient's summary to its message, as `prepare-call.ts` does for rows. */
import { mrnOf } from '../contract/contract.ts';
import { sectionRowCounts } from '../contract/section/rows.ts';
import type { Call } from '../ledger/record/calls.ts';
import type { Synced } from '../ledger/record/call-result.ts';
import type { MessageContext } from '../message/context.ts';
import { nextDocumentVersion } from '../message/document/header.ts';
import { buildSummaryPush } from '../message/document/summary.ts';
import { type Fingerprints, comparable } from '../message/fingerprint/fingerprint.ts';
import {
  blocked,
  isNews,
  type Known,
  onlyRow,
  type Prepared,
  sentFactsOf,
  type Skipped,
  superseded,
  messageAlone,
} from './lane-facts.ts';

interface SummaryTools {
  readonly fingerprints: Fingerprints;
  readonly context: MessageContext;
  readonly builderVersion: number;
  readonly ledgerNow: () => Date;
  /** The contract has `summary_version`, which is empty for patients without a summary. Otherwise those with a visit have one. */
  readonly saysWhoHasSummary: boolean;
}

/**
 * A patient without rows has no summary. One that Redox has follows the rows even if none is left: an old list of medications would
 * stay current.
 */
export function prepareSummary(call: Call, known: Known, tools: SummaryTools): Prepared | Skipped {
  const { fingerprints, context, builderVersion, ledgerNow } = tools;
  const owner = onlyRow(known.rows.patients.get(call.patient_id));
  if ('kind' in owner) return owner.reason === 'row_gone' ? blocked('patient_gone') : owner;
  const ownerFacts = known.patients.get(call.patient_id);
  if (ownerFacts?.presence !== 'present') return blocked('patient_not_present');
  const mrn = mrnOf(owner.row);
  if (ownerFacts.mrn !== mrn) return superseded('mrn_changed');
  const facts = known.summaries.get(call.entity_id);
  const isAtRedox = facts?.presence === 'present' || facts?.presence === 'uncertain';
  const mayHaveOne = tools.saysWhoHasSummary
    ? (owner.row.summary_version ?? '') !== ''
    : known.summaries.get(call.patient_id)?.has_visit === true;
  if (!isAtRedox && !mayHaveOne) return superseded('no_visit', false);
  const sections = known.rows.summaries.get(call.patient_id) ?? {};
  const version = nextDocumentVersion(facts?.document_version ?? 0, ledgerNow());
  const push = { mrn, version, ...sentFactsOf(known, call.patient_id) };
  const built = buildSummaryPush(call.entity_id, owner.row, push, context, sections);
  const sectionRows = sectionRowCounts(sections);
  const synced: Synced = {
    rowFingerprint: null,
    messageFingerprint: fingerprints.message('summary', call.entity_id, comparable(built.message)),
    groupFingerprints: null,
    builderVersion,
    matchFaults: null,
    understood: null,
    death: null,
    sectionRows,
    sectionDigests: fingerprints.sections(call.patient_id, sections),
  };
  const isOfAnother = isAtRedox && facts.content_of !== call.patient_id;
  const isNeeded = isAtRedox || sectionRows.some((rows) => rows > 0);
  return {
    ...messageAlone,
    kind: isNeeded && (isOfAnother || isNews(call, facts, synced)) ? 'send' : 'unneeded',
    message: built.message,
    documentVersion: version,
    synced,
    findings: built.findings,
  };
}
