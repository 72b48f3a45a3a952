import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';

/** A place in code, as a stack names it: both numbers count from 1. */
interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Maps a place in the built program to its source; returns the place itself without a map. Node's own mapping would slow down
 * every start for the rare failure.
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
