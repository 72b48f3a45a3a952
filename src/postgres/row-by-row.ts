import pg from 'pg';

export type TextRow = Readonly<Record<string, string | null>>;
export type OnRow = (row: TextRow) => void;

/** Passes each row to `onRow` as it arrives. If `onRow` throws, the remaining rows are dropped. */
export function rowByRow(client: pg.Client, query: pg.QueryConfig, onRow: OnRow): Promise<void> {
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
