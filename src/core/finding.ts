/**
 * Something about a value that people should look at, found while a row was read or a message built. It names the
 * column and the trouble, never the value.
 */
export interface Finding {
  /** Column of the contract, e.g. `birth_date`. */
  readonly column: string;
  readonly problem: Problem;
}

/**
 * `unmapped`: not in the value set, sent as `Unknown` or left out · `malformed`: not readable as what the column holds, left
 * out · `ambiguous_time`: an hour that occurs twice, taken as said in the dictionary · `missing_time`: an hour that does
 * not exist, moved forward · `end_before_start`: the times contradict each other · `forbidden_character`: a control character or
 * another that no XML document can hold, taken out.
 */
export type Problem =
  'unmapped' | 'malformed' | 'ambiguous_time' | 'missing_time' | 'end_before_start' | 'forbidden_character';
