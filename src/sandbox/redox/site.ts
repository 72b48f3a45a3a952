/** What Redox has set up for the organisation: whom it lets in, and under which numbers. */
export interface Site {
  readonly patientOid: string;
  readonly organizationOid: string;
  readonly documentOid: string;
  /** The organisation's own repository: PatientAdmin and Clinical Summary go there and nowhere else. */
  readonly destinationId: string;
  /** Set where the environment has several sources; then a message must not name another. */
  readonly sourceId: string | null;
}

/** Where Organization messages go: the directory outside production, and in production. The same for everybody. */
export const directoryDestinationIds: readonly string[] = [
  'a07afe3b-d247-4415-827f-6837707e1b8b',
  '5d0fd248-6c52-4ad9-b907-ae10bf2dcc39',
];
