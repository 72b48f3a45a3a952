/** The resources of an export as a test reads them: without the landing, and with its own resolution of references. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../../../src/json.ts';
import { packageRoot } from '../../../src/package-root.ts';

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

export const exportFolder = (name: string): string => join(packageRoot, '../shared/data/fhir', name);

export interface ExportFiles {
  all(type: string): readonly JsonObject[];
  /** The resource that a reference names. */
  named(reference: JsonValue | undefined, type: string): JsonObject | undefined;
}

export function readExport(folder: string): ExportFiles {
  const resources: JsonObject[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ndjson') && name !== 'log.ndjson')) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      if (line.trim() !== '') resources.push(JSON.parse(line) as JsonObject);
    }
  }
  return exportOf(resources);
}

export function exportOf(resources: readonly JsonObject[]): ExportFiles {
  const byType = new Map<string, JsonObject[]>();
  for (const resource of resources) {
    const type = textOf(resource['resourceType']);
    const ofType = byType.get(type) ?? [];
    ofType.push(resource);
    byType.set(type, ofType);
  }
  const all = (type: string): readonly JsonObject[] => byType.get(type) ?? [];
  const keys = new Map([...byType].map(([type, resources]) => [type, keysOf(resources)]));
  return {
    all,
    named: (given, type) => {
      const reference = isObject(given) ? textOf(given['reference']) : '';
      const [, identifier] = reference.split('?identifier=');
      if (identifier === undefined) {
        const id = reference.replace(/\/_history\/.*$/, '').replace(/^.*[/:]/, '');
        return keys.get(type)?.get(id);
      }
      return keys.get(type)?.get(identifier);
    },
  };
}

/** By id, and by `system|value` of each identifier; the first of several. */
function keysOf(resources: readonly JsonObject[]): ReadonlyMap<string, JsonObject> {
  const byKey = new Map<string, JsonObject>();
  for (const one of resources) {
    const identifiers = list(one['identifier']).map((item) => `${text(item, 'system')}|${text(item, 'value')}`);
    for (const key of [text(one, 'id'), ...identifiers]) if (!byKey.has(key)) byKey.set(key, one);
  }
  return byKey;
}

export const list = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]).filter(isObject) : isObject(value) ? [value] : [];

export const text = (of: JsonObject | undefined, name: string): string => {
  const value = of?.[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

export const object = (of: JsonObject | undefined, name: string): JsonObject | undefined => {
  const value = of?.[name];
  return isObject(value) ? value : undefined;
};

/** The first coding of the system, else the first. */
export const codingOf = (concept: JsonObject | undefined, ...systems: readonly string[]): JsonObject | undefined => {
  const codings = list(concept?.['coding']);
  return (
    systems.map((system) => codings.find((one) => one['system'] === system)).find((one) => one !== undefined) ??
    codings[0]
  );
};

/** The codes of a concept, or of several. */
export const codesIn = (concept: JsonValue | undefined): readonly string[] =>
  list(concept)
    .flatMap((one) => list(one['coding']))
    .map((coding) => text(coding, 'code'));

/** Codes of the categories of a resource. */
export const categories = (resource: JsonObject): readonly string[] =>
  list(resource['category']).flatMap((concept) => list(concept['coding']).map((coding) => text(coding, 'code')));
