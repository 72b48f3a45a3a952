/** JSON as data, the content of messages. */
export type JsonValue = string | number | boolean | null | JsonObject | readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON object that a text holds; null for anything else. */
export function objectIn(body: string | null): JsonObject | null {
  if (body === null || isNestedTooDeep(body)) return null;
  try {
    const answer = JSON.parse(body) as JsonValue;
    return isObject(answer) ? answer : null;
  } catch {
    return null;
  }
}

/** Answers and manifests have some ten levels; reading thousands of levels overflows the stack. */
const mostLevels = 100;

function isNestedTooDeep(json: string): boolean {
  let [levels, isText] = [0, false];
  for (let at = 0; at < json.length && levels <= mostLevels; at += 1) {
    const character = json[at];
    if (character === '"') isText = !isText;
    else if (isText) at += character === '\\' ? 1 : 0;
    else if (character === '[' || character === '{') levels += 1;
    else if (character === ']' || character === '}') levels -= 1;
  }
  return levels > mostLevels;
}
