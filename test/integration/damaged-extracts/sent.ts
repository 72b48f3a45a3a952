/** What Redox was told in one night, held against the clinic as it truly was and against what of its export could be read. */
import type { JsonObject } from '../../../src/json.ts';
import { documentOid } from '../redox/stand-in-client.ts';
import type { Clinic, ClinicAllergy, ClinicPatient } from './clinic.ts';
import { type Export, unreadRows } from './export.ts';

export interface NightSent {
  readonly clinic: Clinic;
  readonly exported: Export;
  readonly messages: readonly JsonObject[];
  /** How many allergies each document had before the night, by visit. */
  readonly allergiesBefore: ReadonlyMap<string, number>;
}

interface Sent {
  readonly Meta: { readonly EventType: string };
  readonly Patient?: {
    readonly Identifiers?: readonly Identifier[];
    readonly PreviousIdentifiers?: readonly Identifier[];
  } & Demographics;
  readonly Header?: {
    readonly Document: { readonly ID: string; readonly Visit?: { readonly Reason?: string } };
    readonly Patient: { readonly Identifiers: readonly Identifier[] };
  };
  readonly Allergies?: readonly SentAllergy[];
}

interface Identifier {
  readonly ID: string;
}

interface Demographics {
  readonly Demographics?: {
    readonly FirstName?: string;
    readonly LastName?: string;
    readonly DOB?: string;
    readonly Address?: { readonly ZIP?: string; readonly City?: string };
  };
}

export interface SentAllergy {
  readonly Substance?: { readonly Code?: string | null; readonly Name?: string | null };
}

/** Each a sentence; none where nothing was told that nobody could know. */
export function wronglySent(night: NightSent): string[] {
  const referee = new Referee(night);
  return night.messages.flatMap((message) => referee.faults(message as unknown as Sent));
}

export const visitOfDocument = (documentId: string): string => documentId.slice(`${documentOid}^`.length);

class Referee {
  readonly #night: NightSent;
  readonly #unreadPatients: ReadonlySet<string>;
  readonly #unreadVisits: ReadonlySet<string>;
  readonly #unreadMerges: ReadonlySet<string>;
  readonly #retiredTonight: ReadonlySet<string>;

  constructor(night: NightSent) {
    const { exported } = night;
    this.#night = night;
    this.#unreadPatients = keysOf(unreadRows(exported.patients));
    this.#unreadVisits = keysOf(unreadRows(exported.encounters));
    this.#unreadMerges = keysOf(unreadRows(exported.merges));
    this.#retiredTonight = new Set(
      night.messages.flatMap((message) =>
        ((message as unknown as Sent).Patient?.PreviousIdentifiers ?? []).map(({ ID }) => ID),
      ),
    );
  }

  faults(message: Sent): string[] {
    switch (message.Meta.EventType) {
      case 'PatientMerge':
        return this.#merge(message);
      case 'VisitPush':
        return this.#visit(message);
      default:
        return this.#patient(message);
    }
  }

  #patient({ Meta, Patient }: Sent): string[] {
    const row = this.#byMrn(Patient?.Identifiers?.[0]?.ID);
    const event = `${Meta.EventType} of ${row?.id ?? 'nobody'}`;
    if (row === undefined) return [event];
    if (this.#unreadPatients.has(row.id)) return [`${event}, whose line could not be read`];
    const isRetired = this.#night.clinic.merges.has(row.id) && !this.#retiredTonight.has(row.mrn);
    return [
      ...(Meta.EventType === 'NewPatient' && isRetired ? [`${event}, who is retired`] : []),
      ...this.#wrongValues(row, Patient ?? {}).map((value) => `${event} with ${value}`),
    ];
  }

  #wrongValues(row: ClinicPatient, { Demographics: said }: Demographics): string[] {
    const spoiled = this.#night.exported.patients.spoiled.find(({ row: [id] }) => id === row.id);
    const city = spoiled?.columns.has('city') === true ? undefined : row.city;
    const pairs = [
      [row.firstName, said?.FirstName],
      [row.lastName, said?.LastName],
      [row.birthDate, said?.DOB],
      [row.zip, said?.Address?.ZIP],
      [city, said?.Address?.City ?? undefined],
    ] as const;
    return pairs.filter(([truth, sent]) => truth !== sent).map(([truth, sent]) => `${sent} instead of ${truth}`);
  }

  #merge({ Patient }: Sent): string[] {
    const survivor = this.#byMrn(Patient?.Identifiers?.[0]?.ID);
    return (Patient?.PreviousIdentifiers ?? []).flatMap(({ ID }) => {
      const retired = this.#byMrn(ID)?.id ?? 'nobody';
      const event = `PatientMerge of ${retired} into ${survivor?.id ?? 'nobody'}`;
      if (!this.#night.clinic.merges.has(retired)) return [`${event}, who is not merged`];
      if (this.#unreadMerges.has(retired)) return [`${event}, whose merge could not be read`];
      return survivor === undefined || this.#unreadPatients.has(survivor.id)
        ? [`${event}, whose survivor could not be read`]
        : [];
    });
  }

  #visit({ Header, Allergies = [] }: Sent): string[] {
    const { clinic, exported } = this.#night;
    const id = visitOfDocument(Header?.Document.ID ?? '');
    const visit = clinic.visits.get(id);
    const event = `VisitPush of ${id}`;
    if (visit === undefined) return [`${event}, which does not exist`];
    if (this.#unreadVisits.has(id)) return [`${event}, whose line could not be read`];
    const owner = this.#byMrn(Header?.Patient.Identifiers[0]?.ID);
    const faults: string[] = [];
    if (owner === undefined || this.#unreadPatients.has(owner.id)) {
      faults.push(`${event} under ${owner?.id ?? 'nobody'}, who could not be read`);
    }
    const spoiled = exported.encounters.spoiled.find(({ row: [key] }) => key === id);
    const reason = spoiled?.columns.has('reason') === true ? undefined : visit.reason;
    if (reason !== (Header?.Document.Visit?.Reason ?? undefined)) faults.push(`${event} with another reason`);
    // More rows than Redox was told pass for new ones, though one of the old ones may be missing among them.
    if (Allergies.length > (this.#night.allergiesBefore.get(id) ?? 0) && exported.allergies.leftOut > 0) return faults;
    return [...faults, ...this.#lacking(id, Allergies).map((name) => `${event} without the allergy to ${name}`)];
  }

  #lacking(visit: string, sent: readonly SentAllergy[]): string[] {
    const truth = this.#night.clinic.allergiesOf(visit);
    return truth.filter((allergy) => !sent.some((one) => isAllergy(one, allergy))).map(({ name }) => name);
  }

  #byMrn(mrn: string | undefined): ClinicPatient | undefined {
    return [...this.#night.clinic.patients.values()].find((row) => row.mrn === mrn);
  }
}

export const isAllergy = ({ Substance }: SentAllergy, { code, name }: ClinicAllergy): boolean =>
  Substance?.Name === name || (code !== '' && Substance?.Code === code);

const keysOf = (rows: readonly (readonly string[])[]): ReadonlySet<string> => new Set(rows.map(([id = '']) => id));
