/** What is planned once the calls before have ended. */
export interface FurtherCalls {
  /** Plans more calls; false if none follow. */
  readonly next: () => Promise<boolean>;
  readonly follow: () => boolean;
  /** Rows that are due wait for a later run. */
  readonly leaves: () => boolean;
}

export const noFurtherCalls: FurtherCalls = {
  next: () => Promise.resolve(false),
  follow: () => false,
  leaves: () => false,
};
