import type { Query } from 'mysql2';

/** Gets a row's packet without its header. The bytes are the driver's, and stay as they are only until this returns. */
export type TakeRow = (bytes: Buffer, start: number, end: number) => void;

/** What the driver's commands and packets look like inside. */
interface Packet {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
}
interface Command {
  execute: (packet: Packet | undefined, connection: unknown) => boolean;
}

/**
 * Takes the rows of a prepared statement as bytes, before the driver makes JavaScript values of them: a scan reads millions of rows, and
 * only copies most of their bytes. The driver has no public way to do so. Its version in package.json is therefore exact.
 */
export function takeRowPackets(query: Query, take: TakeRow): void {
  const command = query as unknown as Command;
  const execute = command.execute.bind(command);
  let hasColumns = false;
  query.on('fields', () => {
    hasColumns = true;
  });
  command.execute = (packet, connection) => {
    // A row begins with a zero. The end and an error do not, and are the driver's.
    const isRow = hasColumns && packet?.buffer[packet.offset] === 0;
    if (!isRow) return execute(packet, connection);
    take(packet.buffer, packet.offset, packet.end);
    return false;
  };
}
