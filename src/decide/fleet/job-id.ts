import { createHash } from 'node:crypto';

const namespace = Buffer.from('7a1d1f1e5b0c4c0f9d3a6e2b8c4f0a17', 'hex');

/** The engine's id for one due time of one site (UUID version 5): the second one with it is refused. */
export function jobIdOf(site: string, job: string, due: Date, again = ''): string {
  const name = [site, job, due.toISOString(), ...(again === '' ? [] : [again])].join('|');
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
