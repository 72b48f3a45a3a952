import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { layersOf } from '../../../src/config/format/sources.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { dotenvValue } from '../dotenv-value.ts';

/** `.env.example` with values in the place of its examples. Every name keeps its explanation. */
export async function fillExample(values: Readonly<Record<string, string>>): Promise<string> {
  const example = await readFile(join(packageRoot, '.env.example'), 'utf8');
  const left = new Map(Object.entries(values));
  const lines = example.split('\n').map((line) => {
    const name = /^(?:# )?([A-Z][A-Z_]+)=/.exec(line)?.[1] ?? '';
    const value = left.get(name);
    if (value === undefined) return line;
    left.delete(name);
    return `${name}=${dotenvValue(value)}`;
  });
  const others = [...left].map(([name, value]) => `${name}=${dotenvValue(value)}`);
  return [...lines, ...others, ...(others.length > 0 ? [''] : [])].join('\n');
}

/** The key of a ledger that may exist already: what an env file of before says is kept, or a new one is made. */
export function ledgerKeyOf(envFile: string): string {
  const [, before] = existsSync(envFile) ? layersOf({}, [envFile]).layers : [];
  return before?.variables['LEDGER_KEY'] ?? randomBytes(32).toString('base64');
}

export interface KeyFiles {
  readonly privateKey: string;
  /** To be saved in the Redox dashboard. */
  readonly publicKey: string;
}

/** Makes an EC key on P-384 (ES384, which Redox takes) and writes both halves; an existing key is kept. */
export async function writeKeyPair(folder: string, keyId: string): Promise<KeyFiles & { readonly isNew: boolean }> {
  const files = {
    privateKey: join(folder, 'redox-private-key.pem'),
    publicKey: join(folder, 'redox-public-key.jwk.json'),
  };
  if (existsSync(files.privateKey)) return { ...files, isNew: false };
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'ES384', use: 'sig' };
  await writeSecret(files.privateKey, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  await writeFile(files.publicKey, `${JSON.stringify(jwk, null, 2)}\n`, { mode: 0o644 });
  return { ...files, isNew: true };
}

/** Readable by its owner only, even if it existed before with other rights. */
export async function writeSecret(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
}
