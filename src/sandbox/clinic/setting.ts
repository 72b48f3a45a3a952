/** The inputs of a clinic. Each row follows from these and its number. */
export interface Setting {
  readonly seed: number;
  /** The first day after the recorded history. */
  readonly builtOn: string;
}

/** The values of one row, in the order of the columns in its COPY statement. */
export type Row = readonly (string | null)[];

/** The numbers of some rows, counted from 1; `to` is included. */
export interface Numbers {
  readonly from: number;
  readonly to: number;
}
