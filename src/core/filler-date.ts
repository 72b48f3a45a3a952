/** What a site adds to the list of filler dates, and takes out of it (`FILLER_DATES`); each is `YYYY-MM-DD`. */
export interface FillerDates {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const usualFillerDates: FillerDates = { added: [], removed: [] };
