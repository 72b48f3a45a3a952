import { expect } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import type { QueryAnswers } from '../../../src/sandbox/redox/queries/query-answers.ts';
import { documentOid, patientOid } from '../redox/stand-in-client.ts';
import { type ClinicNight, playedClinic, syncedClinic } from '../support/clinic-night.ts';
import type { NightResult } from '../support/night.ts';

/** A clinic that Redox was sent, whose copy can be read back and changed behind its back. */
export class AuditSite {
  readonly site: ClinicNight;

  private constructor(site: ClinicNight) {
    this.site = site;
  }

  static async open(): Promise<AuditSite> {
    return new AuditSite(await syncedClinic({ CONFIRM_WITHIN: '0s' }));
  }

  /** A clinic in which `play` has been played, once for all tests of this name. */
  static async openPlayed(name: string, play: (site: ClinicNight) => Promise<void>): Promise<AuditSite> {
    return new AuditSite(await playedClinic(name, play, { CONFIRM_WITHIN: '0s' }));
  }

  get night(): ClinicNight['night'] {
    return this.site.night;
  }

  answersAs(answers: QueryAnswers): void {
    this.night.standIn.answerQueriesAs(answers);
  }

  async forgetPatient(id: string): Promise<void> {
    this.night.standIn.tamper({ kind: 'forget_patient', patientId: await this.site.mrnOf(id) });
  }

  async alterPatient(id: string, path: string, value: JsonValue): Promise<void> {
    this.night.standIn.tamper({ kind: 'alter_patient', patientId: await this.site.mrnOf(id), path, value });
  }

  /** Redox has the retired patient on their own, as if the PatientMerge had been lost. */
  async unmerge(id: string): Promise<void> {
    const stored = await this.site.stored(id);
    this.night.standIn.tamper({ kind: 'forget_patient', patientId: await this.site.mrnOf(id) });
    this.night.standIn.tamper({ kind: 'add_patient', patient: stored?.record ?? {} });
  }

  forgetDocument(visit: string): void {
    this.night.standIn.tamper({ kind: 'forget_document', documentId: `${documentOid}^${visit}` });
  }

  alterDocument(visit: string, path: string, value: JsonValue): void {
    this.night.standIn.tamper({ kind: 'alter_document', documentId: `${documentOid}^${visit}`, path, value });
  }

  /** A document of the patient that was not sent from here. */
  addDocument(visit: string, id: string): void {
    const message = this.site.document(visit)?.message ?? {};
    const header = message['Header'] as JsonObject;
    const document = { ...(header['Document'] as JsonObject), ID: `${documentOid}^${id}` };
    const visitOf = { ...((document as JsonObject)['Visit'] as JsonObject), VisitNumber: id };
    this.night.standIn.tamper({
      kind: 'add_document',
      message: { ...message, Header: { ...header, Document: { ...document, Visit: visitOf } } },
    });
  }

  /** A second patient with the same names, birth date and ZIP. */
  async addTwin(id: string, mrn: string): Promise<void> {
    const stored = await this.site.stored(id);
    this.night.standIn.tamper({
      kind: 'add_patient',
      patient: { Identifiers: [{ ID: mrn, IDType: patientOid }], Demographics: stored?.demographics ?? {} },
    });
  }

  /** How often each patient was assessed, over all audits. */
  async looks(): Promise<readonly number[]> {
    const { rows } = await this.night.ledger.query(
      'looks',
      `SELECT count(*) FILTER (WHERE l.result <> 'not_yet_synced')::integer AS looks
       FROM patient p LEFT JOIN audit_line l ON l.entity = 'patient' AND l.entity_id = p.patient_id
       WHERE p.presence = 'present' GROUP BY p.patient_id`,
    );
    return (rows as { looks: number }[]).map(({ looks }) => looks);
  }

  /** Patients that Redox has. */
  async patients(): Promise<number> {
    return (await this.looks()).length;
  }
}

/** What is wrong by audit.csv: `result entity id groups`; sorted. */
export const wrongIn = (run: NightResult): string[] =>
  run
    .csv('audit')
    .filter(({ kind }) => kind !== 'found')
    .map(({ kind, entity, entity_id, differing_groups }) =>
      [kind, entity, entity_id, differing_groups].filter((word) => word !== '').join(' '),
    )
    .sort();

/** The share of an audit's summary that says how many are right. */
export function expectAllRight({ summary, exitCode }: NightResult): void {
  const { audit } = summary;
  expect([audit?.wrong, audit?.unanswered, audit?.unexpected_documents, exitCode]).toEqual([0, 0, 0, 0]);
  expect(audit?.patients.found).toBeGreaterThan(0);
  expect(audit?.documents.found).toBeGreaterThan(0);
}
