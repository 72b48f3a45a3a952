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

/** Redox's gateway in the Carequality tree. */
export const gatewayOid = '2.16.840.1.113883.3.6147.458.2';

/** The destinations of queries through Carequality, for all organisations: outside production, and in production. */
export const queryDestinationIds: Readonly<
  Record<'recordLocator' | 'oneOrganization' | 'documents', readonly string[]>
> = {
  recordLocator: ['adf917b5-1496-4241-87e2-ed20434b1fdb', '97f2dc1d-c71b-43a7-a436-9b789d44c804'],
  oneOrganization: ['1ca254a8-8d42-4593-abb4-b21399d9de57', '6391b961-55ae-430b-a789-cf575f03fca0'],
  documents: ['ec745338-8849-43ad-a7ce-4bc5bf1d8b89', '628cbf79-1156-4923-b9d0-285906160ed6'],
};

/** The directory's destinations, for all organisations: outside production, and in production. */
export const directoryDestinationIds: readonly string[] = [
  'a07afe3b-d247-4415-827f-6837707e1b8b',
  '5d0fd248-6c52-4ad9-b907-ae10bf2dcc39',
];
