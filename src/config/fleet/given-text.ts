import { readValueFile } from '../file/text-file.ts';
import type { Layer } from '../format/sources.ts';

/** The text of a fleet's setting and where it stands, or what is wrong with it there. */
export type GivenText =
  | { readonly origin: string; readonly text: string }
  | { readonly origin: string; readonly text: null; readonly fault: string };

/** By its name, or by `<NAME>_FILE`, in the strongest layer that has either. */
export function textIn(layers: readonly Layer[], name: string): GivenText | null {
  for (const { variables, origin } of layers) {
    const text = variables[name] ?? '';
    if (text !== '') return { origin, text };
    const file = variables[`${name}_FILE`] ?? '';
    if (file !== '') return fromFile(name, file);
  }
  return null;
}

function fromFile(name: string, path: string): GivenText {
  const origin = `${name}_FILE ${path}`;
  const file = readValueFile(path);
  if (file.text !== null) return { origin, text: file.text };
  return { origin, text: null, fault: `${name}_FILE is ${JSON.stringify(path)}, which ${file.trouble}.` };
}
