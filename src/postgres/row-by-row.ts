import pg from 'pg';

/** A result that is larger than it was to be. What came of it is no longer kept. */
export class TooMuchText extends Error {}

interface RowByRow<Row> {
  /** What it throws ends the result. */
  readonly onRow: (row: Row) => void;
  /** The connection is closed under a row of more bytes than these, before the row is there. Not given: a row is as large as it is. */
  readonly largestRow?: number;
}

/** Hands on each row as it comes, and keeps none. After a failure what is still to come is dropped. */
export function rowByRow<Row extends object>(
  client: pg.Client,
  query: pg.QueryConfig,
  { onRow, largestRow }: RowByRow<Row>,
): Promise<void> {
  const { stream } = client.connection;
  return new Promise<void>((resolve, reject) => {
    let isOver = false;
    const fail = (error: unknown): void => {
      isOver = true;
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const watch = largestRow === undefined ? null : watchRows(stream, largestRow, fail);
    const asked = new pg.Query<Row>(query);
    asked.on('row', (row) => {
      if (isOver) return;
      try {
        onRow(row);
      } catch (error) {
        fail(error);
      }
    });
    asked.on('error', (error) => {
      watch?.end();
      fail(error);
    });
    asked.on('end', () => {
      watch?.end();
      resolve();
    });
    client.query(asked);
  });
}

const headBytes = 5;
const dataRow = 'D'.charCodeAt(0);

/** Looks at the head of each message that the server sends: its kind, and how many bytes follow. The session is idle when it begins. */
function watchRows(
  stream: pg.Connection['stream'],
  largestRow: number,
  onTooLarge: (error: Error) => void,
): { readonly end: () => void } {
  const head = Buffer.alloc(headBytes);
  let known = 0;
  let left = 0;
  const look = (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length;) {
      if (left > 0) {
        const step = Math.min(left, chunk.length - at);
        left -= step;
        at += step;
        continue;
      }
      const copied = chunk.copy(head, known, at, at + headBytes - known);
      known += copied;
      at += copied;
      if (known < headBytes) return;
      known = 0;
      // The length counts itself.
      left = head.readInt32BE(1) - 4;
      if (head[0] !== dataRow || left <= largestRow) continue;
      end();
      const error = new TooMuchText();
      onTooLarge(error);
      stream.destroy(error);
      return;
    }
  };
  const end = (): void => {
    stream.off('data', look);
  };
  stream.on('data', look);
  return { end };
}
