import pg from 'pg';

/** A result that is larger than it was to be. What came of it is no longer kept. */
export class TooMuchText extends Error {}

/** A row of a session of raw text. */
export type TextRow = Readonly<Record<string, string | null>>;

/** Hands on each row as it comes, and keeps none. What `onRow` throws ends the result, and what is still to come is dropped. */
export function rowByRow(client: pg.Client, query: pg.QueryConfig, onRow: (row: TextRow) => void): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let isOver = false;
    const fail = (error: unknown): void => {
      isOver = true;
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const asked = new pg.Query<TextRow>(query);
    asked.on('row', (row) => {
      if (isOver) return;
      try {
        onRow(row);
      } catch (error) {
        fail(error);
      }
    });
    asked.on('error', fail);
    asked.on('end', () => {
      resolve();
    });
    client.query(asked);
  });
}
