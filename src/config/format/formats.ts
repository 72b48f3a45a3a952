import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import * as z from 'zod';
import { changes, type Change, type ChangeLimits } from '../../decide/change.ts';
import type { PlanAhead } from '../../decide/plan/plan-ahead.ts';
import type { FillerDates } from '../../values/time/event-time.ts';
import { Secret } from '../../secret.ts';
import type { AlertThresholds } from '../../decide/health.ts';
import { packageRoot } from '../../package-root.ts';
import { type Format, format, InvalidSetting } from './format.ts';
import { pathOf, statsOf } from '../file/path.ts';

export const oneOf = <const T extends readonly [string, ...string[]]>(words: T): Format<T[number]> => z.enum(words);

/** An id as Redox issued it: what it looks like is theirs to say, but it has no spaces. */
export const id: Format<string> = z.string().regex(/^\S+$/, 'which has a space in it');

/** `not-supported,59177` */
export const codes = format((text) => {
  const all = text.split(',').map((code) => code.trim());
  if (!all.every((code) => /^[\w.:-]{1,40}$/.test(code))) throw new InvalidSetting('which is not a list of codes');
  return all;
});
export const label: Format<string> = z.string().regex(/^[\w.-]{1,64}$/, 'which has other characters in it');

export const words: Format<string> = z.string().trim().min(1);

/** `112247003 Medical Doctor` */
export const role = format((text) => {
  const [, code, name] = /^\s*(\d{6,18})\s+(\S.*?)\s*$/.exec(text) ?? [];
  if (code === undefined || name === undefined) throw new InvalidSetting('which is not a code and a name');
  return { code, name };
});

export const folder = format(pathOf);

/** A path of the site, or of one of the contracts that come with the package. */
export const contractFolder = format((text) => {
  const found = [pathOf(text), resolve(packageRoot, text)].find((path) => statsOf(path)?.isDirectory());
  if (found === undefined) throw new InvalidSetting('which is no folder');
  return found;
});

export const secretText: Format<Secret> = z.string().transform((text) => new Secret(text));

export const wholeNumber = (least: number, most: number): Format<number> =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'which is not a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, 'which is out of range');

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

function durationMs(text: string): number {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidSetting('which is not a number with a unit');
  return Number(amount) * unitMs[unit as keyof typeof unitMs];
}

export const duration = (leastMs: number, mostMs: number): Format<number> =>
  format((text) => {
    const ms = durationMs(text);
    if (ms < leastMs || ms > mostMs) throw new InvalidSetting('which is out of range');
    return ms;
  });

const unitBytes = { '': 1, KB: 1_000, MB: 1_000_000 } as const;

/** Of the two meanings of KB and MB the smaller: what is within it is within the other as well. */
export const size = (leastBytes: number, mostBytes: number): Format<number> =>
  format((text) => {
    const [, amount, unit = ''] = /^(\d{1,9})(KB|MB)?$/.exec(text) ?? [];
    if (amount === undefined) throw new InvalidSetting('which is not a number of bytes, KB or MB');
    const bytes = Number(amount) * unitBytes[unit as keyof typeof unitBytes];
    if (bytes < leastBytes || bytes > mostBytes) throw new InvalidSetting('which is out of range');
    return bytes;
  });

/** `5000/5m`, or `0` for no limit. */
export const rate = format((text) => {
  if (text === '0') return null;
  const [calls = '', window = '', ...rest] = text.split('/');
  if (!/^\d{1,9}$/.test(calls) || rest.length > 0) throw new InvalidSetting('which is not <calls>/<duration>');
  const limit = { calls: Number(calls), windowMs: durationMs(window) };
  if (limit.calls === 0 || limit.windowMs === 0) throw new InvalidSetting('which would never let a call go');
  return limit;
});

export const planAhead = format((text): PlanAhead => {
  if (text === 'all') return 'all';
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidSetting('which is neither all nor a whole number from 1 on');
  return Number(text);
});

/** What LARGE_CHANGE leaves out. */
const usualLimits: ChangeLimits = { changed: 0.2, gone: 0.02, new: 0.2, merged: 0.02, unmerged: 0.01 };

/** `changed=20%,gone=0.5%`: each word once at most; what is left out keeps its default. */
export const changeLimits = format((text) => {
  const given = new Map<Change, number>();
  for (const part of text.split(',')) {
    const [, word, share] = /^([a-z]+)=(\d{1,3}(?:\.\d{1,3})?)%$/.exec(part.trim()) ?? [];
    const change = changes.find((one) => one === word);
    if (change === undefined) throw new InvalidSetting('which is not a list of <word>=<number>% with those words');
    if (given.has(change)) throw new InvalidSetting(`which repeats ${change}`);
    if (Number(share) > 100) throw new InvalidSetting(`which sets ${change} to more than 100%`);
    given.set(change, Number(share) / 100);
  }
  return Object.freeze({ ...usualLimits, ...Object.fromEntries(given) });
});

export const oid = format((text) => {
  if (text.toLowerCase().startsWith('urn:oid:')) throw new InvalidSetting('which has a urn:oid: in front');
  if (!/^([01]\.([0-9]|[1-3][0-9])|2\.(0|[1-9]\d*))(\.(0|[1-9]\d*))+$/.test(text))
    throw new InvalidSetting('which is not an OID');
  return text;
});

/** `openssl rand -base64` breaks long lines, so white space is left out. */
export const base64Key = (leastBytes: number): Format<Secret> =>
  format((text) => {
    const packed = text.replaceAll(/\s/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) throw new InvalidSetting('which is not base64');
    const bytes = Buffer.from(packed, 'base64').length;
    if (bytes < leastBytes) throw new InvalidSetting(`which holds ${bytes} bytes`);
    return new Secret(packed);
  });

/** `0.1%`, as a share from 0 to 1. */
export const share: Format<number> = format((text) => {
  const [, percent] = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text) ?? [];
  if (percent === undefined || Number(percent) > 100)
    throw new InvalidSetting('which is not a percentage from 0% to 100%');
  return Number(percent) / 100;
});

const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;
export type CsvDelimiter = (typeof delimiters)[keyof typeof delimiters];

/** By its name, or as the character itself; a tab also as `\t`. */
export const csvDelimiter: Format<CsvDelimiter> = format((text) => {
  const named = Object.entries(delimiters).find(([name, sign]) => [name, sign].includes(text.toLowerCase()));
  if (named !== undefined) return named[1];
  if (text === '\\t') return '\t';
  throw new InvalidSetting('which is no delimiter of a CSV file');
});

/** `+1901-01-01,-1900-01-01`: dates that a site writes where it knows none, and dates of the list that it means. */
export const fillerDates: Format<FillerDates> = format((text) => {
  const added: string[] = [];
  const removed: string[] = [];
  for (const part of text.split(',')) {
    const [, sign, date] = /^([+-])(\d{4}-\d{2}-\d{2})$/.exec(part.trim()) ?? [];
    if (date === undefined) throw new InvalidSetting('which is not a list of dates with + or - in front');
    (sign === '+' ? added : removed).push(date);
  }
  const twice = added.find((date) => removed.includes(date));
  if (twice !== undefined) throw new InvalidSetting(`which both adds and removes ${twice}`);
  return Object.freeze({ added, removed });
});

/** What ALERT_THRESHOLDS leaves out. */
const usualThresholds: AlertThresholds = { lines: 20, findable: 0.01, missed: 100 };

/** `lines=20,findable=1%,missed=100`: each word once at most; what is left out keeps its default. */
export const alertThresholds = format((text) => {
  const given = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, word, amount, percent] = /^(lines|findable|missed)=(\d{1,9}(?:\.\d{1,3})?)(%?)$/.exec(part.trim()) ?? [];
    const isShare = word === 'findable';
    if (word === undefined || isShare !== (percent === '%') || (!isShare && !Number.isInteger(Number(amount)))) {
      throw new InvalidSetting('which is not a list of lines=<number>, findable=<number>% and missed=<number>');
    }
    if (given.has(word)) throw new InvalidSetting(`which repeats ${word}`);
    if (Number(amount) === 0) throw new InvalidSetting(`which sets ${word} to 0: every night reaches that`);
    given.set(word, isShare ? Number(amount) / 100 : Number(amount));
  }
  return Object.freeze({ ...usualThresholds, ...Object.fromEntries(given) });
});

/** node_exporter's textfile collector reads `*.prom`. */
export const metricsFile = format((text) => {
  if (!text.endsWith('.prom'))
    throw new InvalidSetting('which does not end in .prom, so that node_exporter passes over it');
  return pathOf(text);
});

/** Both spellings of a key on one line are common in environments: a PEM whose line breaks are written as `\n`. */
export const privateKey = format((text) => {
  const key = text.trimStart().startsWith('{') ? text : text.replaceAll('\\n', '\n');
  if (key.includes('BEGIN ENCRYPTED PRIVATE KEY')) throw new InvalidSetting('which is encrypted');
  if (key.includes('BEGIN RSA PRIVATE KEY') || key.includes('BEGIN EC PRIVATE KEY')) {
    throw new InvalidSetting('which is not PKCS#8 (convert it: openssl pkcs8 -topk8 -nocrypt -in key.pem)');
  }
  if (key.includes('BEGIN PUBLIC KEY')) throw new InvalidSetting('which is the public key');
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = privateKeyIn(key) ?? {};
  if (type !== 'rsa' && type !== 'ec') throw new InvalidSetting('which cannot be read as a private key');
  if (type === 'rsa' && (details?.modulusLength ?? 0) < 2048)
    throw new InvalidSetting('which has fewer than 2048 bits');
  if (type === 'ec' && details?.namedCurve !== 'secp384r1')
    throw new InvalidSetting('which is on another curve than P-384');
  return new Secret(key);
});

function privateKeyIn(text: string): KeyObject | null {
  try {
    return text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' })
      : createPrivateKey(text);
  } catch {
    return null; // what OpenSSL says of it may quote the key
  }
}
