/** Paths as people write them into settings, where no shell has replaced what a shell replaces. */
import { type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidSetting } from '../format/format.ts';

/** The absolute path that is meant; throws a InvalidSetting where that is not certain. */
export function pathOf(given: string): string {
  const text = given.trim();
  if (/^file:/i.test(text)) return pathOfUrl(text);
  if (text === '~' || /^~[/\\]/.test(text)) return join(homedir(), text.slice(1));
  if (text.startsWith('~')) throw new InvalidSetting("which names another user's home by ~ (write the whole path)");
  if (/^\$[{A-Za-z_]/.test(text)) throw new InvalidSetting('which begins with a variable, and none is replaced here');
  return resolve(text);
}

/** Null where nothing is there, or nothing that can be reached: a link that leads to itself, a folder without rights. */
export function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function pathOfUrl(text: string): string {
  // `file:path` is read as `file:///path`, which is hardly meant; a host is another machine.
  if (!URL.canParse(text) || !/^file:\/\/(localhost)?\//i.test(text)) {
    throw new InvalidSetting('which holds a file: address without a path from the root (file:///path has one)');
  }
  try {
    const path = fileURLToPath(new URL(text));
    if (!path.includes('\0')) return path;
  } catch {
    // A % that encodes nothing, or an encoded slash.
  }
  throw new InvalidSetting('which holds a file: address that names no path (write %25 for a % of it)');
}
