import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { UsageFault } from '../../fault.ts';
import type { Secret } from '../../secret.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/**
 * The key of all fingerprints is random and stored in the ledger, wrapped by `LEDGER_KEY` (decision 1). Rotating `LEDGER_KEY`
 * wraps it again: no fingerprint changes, so nothing is sent again. A wrong `LEDGER_KEY` fails at once, because the wrapping is
 * authenticated (AES-256-GCM, NIST SP 800-38D).
 */
const nonceBytes = 12;
const tagBytes = 16;
const dataKeyBytes = 32;

/** Reads the data key. A new ledger gets one. If only the previous `LEDGER_KEY` opens it, it is wrapped with the current one. */
export async function readDataKey(session: Session, ledgerKey: Secret, previous: Secret | null): Promise<Buffer> {
  const [stored] = await session.run<{ wrapped: Buffer }>(statement('ledger/target/read_data_key'));
  if (stored === undefined) return keep(session, randomBytes(dataKeyBytes), ledgerKey);
  const current = unwrap(stored.wrapped, ledgerKey);
  if (current !== null) return current;
  const older = previous === null ? null : unwrap(stored.wrapped, previous);
  if (older !== null) return keep(session, older, ledgerKey);
  throw wrongKey(previous);
}

/** The key that opens the ledger; `none` before the first key is stored. Throws if neither key opens it. Reads only. */
export async function whichKeyOpens(
  session: Session,
  ledgerKey: Secret,
  previous: Secret | null,
): Promise<'none' | 'current' | 'previous'> {
  const [stored] = await session.run<{ wrapped: Buffer }>(statement('ledger/target/read_data_key'));
  if (stored === undefined) return 'none';
  if (unwrap(stored.wrapped, ledgerKey) !== null) return 'current';
  if (previous !== null && unwrap(stored.wrapped, previous) !== null) return 'previous';
  throw wrongKey(previous);
}

const wrongKey = (previous: Secret | null): UsageFault =>
  new UsageFault(
    'LEDGER_KEY does not open this ledger' +
      (previous === null ? '' : ', nor does LEDGER_KEY_PREVIOUS') +
      '. Set the key with which the ledger was made (while rotating: the new one as LEDGER_KEY, the old one as ' +
      'LEDGER_KEY_PREVIOUS), or check that LEDGER_URL names the right ledger.',
  );

async function keep(session: Session, dataKey: Buffer, ledgerKey: Secret): Promise<Buffer> {
  await session.run(statement('ledger/target/store_data_key'), [wrap(dataKey, ledgerKey)]);
  return dataKey;
}

function wrap(dataKey: Buffer, ledgerKey: Secret): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(ledgerKey), nonce);
  const body = Buffer.concat([cipher.update(dataKey), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function unwrap(wrapped: Buffer, ledgerKey: Secret): Buffer | null {
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey(ledgerKey), wrapped.subarray(0, nonceBytes));
  decipher.setAuthTag(wrapped.subarray(nonceBytes, nonceBytes + tagBytes));
  const opened = decipher.update(wrapped.subarray(nonceBytes + tagBytes));
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    // Wrong key.
    return null;
  }
}

/** `LEDGER_KEY` is random bytes of any length from 32 on; HKDF (RFC 5869) makes the 32 that AES wants. */
function wrappingKey(ledgerKey: Secret): Buffer {
  const bytes = Buffer.from(ledgerKey.reveal(), 'base64');
  return Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), 'redox-reconcile ledger key', dataKeyBytes));
}
