import { isObject, type JsonObject, type JsonValue } from '../../json.ts';

/** The JSON object of an answer; null for anything else. */
export function objectIn(body: string | null): JsonObject | null {
  if (body === null || isNestedTooDeep(body)) return null;
  try {
    const answer = JSON.parse(body) as JsonValue;
    return isObject(answer) ? answer : null;
  } catch {
    return null;
  }
}

/** Redox's own answers have some ten levels; reading thousands of levels overflows the stack. */
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
