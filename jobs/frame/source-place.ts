import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';

/** A place in code, as a stack names it: both numbers count from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Where in the sources a place in the built program comes from; the place itself where no map says. Node maps by itself only where it
 * is told to before anything is read, which every start would pay for and next to none needs.
 */
export function sourcePlaceOf(place: Place): Place {
  const file = `${place.path}.map`;
  if (!existsSync(file)) return place;
  const map = new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
  const origin = map.findOrigin(place.line, place.column);
  if (!('fileName' in origin)) return place;
  const { fileName, lineNumber, columnNumber } = origin;
  return { path: resolve(dirname(file), fileName), line: lineNumber, column: columnNumber };
}
