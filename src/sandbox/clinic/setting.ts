/** What a clinic is made from. Everything in it follows from this and from the number of a row. */
export interface Setting {
  readonly seed: number;
  /** The first day that has not been lived yet: history ends the evening before. */
  readonly builtOn: string;
}

/** The values of one row, in the order of the columns in its COPY statement. */
export type Row = readonly (string | null)[];

/** The numbers of some rows, counted from 1; `to` is included. */
export interface Numbers {
  readonly from: number;
  readonly to: number;
}
