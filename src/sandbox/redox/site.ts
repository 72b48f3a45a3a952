/** Redox's settings for the organisation: its keys, destinations and OIDs. */
export interface Site {
  readonly patientOid: string;
  readonly organizationOid: string;
  readonly documentOid: string;
  /** The organisation's own repository, the only destination of PatientAdmin and Clinical Summary. */
  readonly destinationId: string;
  /** Set if the environment has several sources; a message must not name another. */
  readonly sourceId: string | null;
}

/** The directory's destinations, for all organisations: outside production, and in production. */
export const directoryDestinationIds: readonly string[] = [
  'a07afe3b-d247-4415-827f-6837707e1b8b',
  '5d0fd248-6c52-4ad9-b907-ae10bf2dcc39',
];
