import type { IncomingMessage } from 'node:http';

export class BodyTooLarge extends Error {}
export class ClientGone extends Error {}

/**
 * The whole body. A body over the limit is read to its end and dropped before the answer, because a sender in the middle of its body would
 * see a broken connection instead.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks = [];
    });
    request.on('end', () => {
      if (bytes > maxBytes) reject(new BodyTooLarge());
      else resolve(Buffer.concat(chunks));
    });
    const gone = (): void => {
      reject(new ClientGone());
    };
    request.on('error', gone);
    request.on('close', gone);
  });
}
