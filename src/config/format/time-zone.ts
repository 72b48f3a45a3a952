/** The name of a time zone: a place of the tz database, for a zone is where people move their clocks together. */
import { IANAZone } from 'luxon';
import { format, InvalidSetting } from './format.ts';

/** Names of the tz database beside places and abbreviations, accepted as they stand. */
const placeless: ReadonlySet<string> = new Set(
  [
    'UTC UCT Zulu Universal GMT GMT0 GMT+0 GMT-0 Greenwich CET EET MET WET EST5EDT CST6CDT MST7MDT PST8PDT',
    'Cuba Egypt Eire GB GB-Eire Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya Navajo NZ NZ-CHAT Poland Portugal PRC ROC',
    'ROK Singapore Turkey W-SU',
  ].flatMap((names) => names.toUpperCase().split(' ')),
);

/** Three valid zones without daylight-saving time, nearly always written by mistake. */
const fixedZones: Readonly<Record<string, string>> = {
  EST: 'America/New_York',
  MST: 'America/Denver',
  HST: 'Pacific/Honolulu',
};

/**
 * What clocks and letterheads say, with the places that say it. Node takes some of them for a place of its own choice: BST for Dhaka,
 * AST for Anchorage.
 */
const abbreviations: Readonly<Record<string, readonly string[]>> = {
  ET: ['America/New_York'],
  EDT: ['America/New_York'],
  CT: ['America/Chicago'],
  CST: ['America/Chicago', 'Asia/Shanghai', 'America/Havana'],
  CDT: ['America/Chicago', 'America/Havana'],
  MT: ['America/Denver'],
  MDT: ['America/Denver'],
  PT: ['America/Los_Angeles'],
  PST: ['America/Los_Angeles', 'Asia/Manila'],
  PDT: ['America/Los_Angeles'],
  AKST: ['America/Anchorage'],
  AKDT: ['America/Anchorage'],
  HDT: ['America/Adak'],
  AST: ['America/Puerto_Rico', 'America/Halifax', 'Asia/Riyadh'],
  ADT: ['America/Halifax'],
  NST: ['America/St_Johns'],
  NDT: ['America/St_Johns'],
  CHST: ['Pacific/Guam'],
  SST: ['Pacific/Pago_Pago', 'Asia/Singapore'],
  BST: ['Europe/London', 'Asia/Dhaka'],
  IST: ['Asia/Kolkata', 'Asia/Jerusalem', 'Europe/Dublin'],
  IDT: ['Asia/Jerusalem'],
  WEST: ['Europe/Lisbon'],
  CEST: ['Europe/Berlin'],
  MEZ: ['Europe/Berlin'],
  MESZ: ['Europe/Berlin'],
  EEST: ['Europe/Athens', 'Africa/Cairo'],
  MSK: ['Europe/Moscow'],
  GST: ['Asia/Dubai'],
  PKT: ['Asia/Karachi'],
  ICT: ['Asia/Bangkok'],
  SGT: ['Asia/Singapore'],
  HKT: ['Asia/Hong_Kong'],
  JST: ['Asia/Tokyo'],
  KST: ['Asia/Seoul'],
  AWST: ['Australia/Perth'],
  ACST: ['Australia/Adelaide', 'Australia/Darwin'],
  ACDT: ['Australia/Adelaide'],
  AEST: ['Australia/Sydney', 'Australia/Brisbane'],
  AEDT: ['Australia/Sydney'],
  NZST: ['Pacific/Auckland'],
  NZDT: ['Pacific/Auckland'],
  BRT: ['America/Sao_Paulo'],
  ART: ['America/Argentina/Buenos_Aires'],
  SAST: ['Africa/Johannesburg'],
  CAT: ['Africa/Maputo'],
  EAT: ['Africa/Nairobi'],
  WAT: ['Africa/Lagos'],
  Z: ['UTC'],
};

/** Windows calls its zones so, in winter and in summer. */
const windowsZones: Readonly<Record<string, string>> = {
  EASTERN: 'America/New_York',
  CENTRAL: 'America/Chicago',
  MOUNTAIN: 'America/Denver',
  'US MOUNTAIN': 'America/Phoenix',
  PACIFIC: 'America/Los_Angeles',
  ALASKAN: 'America/Anchorage',
  ALASKA: 'America/Anchorage',
  HAWAIIAN: 'Pacific/Honolulu',
  HAWAII: 'Pacific/Honolulu',
  ATLANTIC: 'America/Halifax',
  GMT: 'Europe/London',
};

export const timeZone = format((text) => {
  const name = text.toUpperCase();
  const meant = fixedZones[name];
  if (meant !== undefined) throw new InvalidSetting(`which never has daylight-saving time (${meant} is its place)`);
  const clause = clauseOf(name);
  if (clause !== null) throw new InvalidSetting(clause);
  const isNamed = text.includes('/') || placeless.has(name);
  if (!isNamed || !IANAZone.isValidZone(text)) throw new InvalidSetting('which is not a zone of the tz database');
  return text;
});

function clauseOf(name: string): string | null {
  const places = abbreviations[name];
  if (places !== undefined) {
    return `which is not a zone of the tz database but an abbreviation (${listed(places)} is its place)`;
  }
  const windows = placeless.has(name) ? undefined : windowsZones[name.replace(/( (STANDARD|DAYLIGHT))? TIME$/, '')];
  if (windows !== undefined) {
    return `which is not a zone of the tz database but Windows' word for one (${windows} is its place)`;
  }
  return placeless.has(name) ? null : offsetClause(name);
}

/** `GMT+5`, `UTC-06:00`, `-0600`: an offset has no summer, and is written with the sign turned round in the tz database. */
function offsetClause(name: string): string | null {
  const [, sign, hours] = /^(?:GMT|UTC|Z)?([+-])(\d{1,2})(?::?\d{2})?$/.exec(name) ?? [];
  if (sign === undefined) return null;
  const turned = `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
  return `which is not a zone of the tz database but an offset, without daylight-saving time (a place has it; ${turned} is that offset all year)`;
}

const listed = (places: readonly string[]): string =>
  places.length === 1 ? (places[0] ?? '') : `${places.slice(0, -1).join(', ')} or ${places.at(-1) ?? ''}`;
