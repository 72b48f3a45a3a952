import { isObject, type JsonObject, type JsonValue } from '../../src/json.ts';

/**
 * A document as its reader sees it: an HTML page with the header in words and the text of each section, as the
 * stylesheets of CDA show them. The coded part is for programs.
 */
export function documentPage(message: JsonObject): string {
  const texts = Object.entries(message).flatMap(([key, value]) => textsOf(key, value));
  return `<!doctype html><meta charset="utf-8"><style>${style}</style>${headOf(message)}${texts.join('')}`;
}

const style = `
  body { font: 14px/1.45 system-ui, sans-serif; margin: 28px 36px; width: 1010px; color: #1c1c1c }
  h1 { font-size: 22px; margin: 0 0 12px } h2 { font-size: 16px; margin: 20px 0 6px; color: #12426b }
  table { border-collapse: collapse; width: 100% } th, td { border: 1px solid #c9d3dc; padding: 4px 8px; text-align: left; vertical-align: top }
  th { background: #eaf0f5; font-weight: 600 } .head th { width: 150px } p { margin: 4px 0 } p b { display: block }`;

const at = (value: JsonValue | undefined, ...path: readonly (string | number)[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((found, key) => {
    if (Array.isArray(found)) return (found as readonly JsonValue[])[Number(key)];
    return isObject(found) ? found[key] : undefined;
  }, value);

const words = (...values: readonly (JsonValue | undefined)[]): string =>
  values.filter((value) => typeof value === 'string').join(' ');

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function headOf(message: JsonObject): string {
  const document = at(message, 'Header', 'Document');
  const patient = at(message, 'Header', 'Patient', 'Demographics');
  const [author, custodian] = [at(document, 'Author'), at(document, 'Custodian')];
  const pcp = at(message, 'Header', 'PCP');
  const lines: Readonly<Record<string, string>> = {
    Patient: words(at(patient, 'FirstName'), at(patient, 'MiddleName'), at(patient, 'LastName')),
    'Born, sex': words(at(patient, 'DOB'), at(patient, 'Sex')),
    Address: words(...['StreetAddress', 'City', 'State', 'ZIP'].map((key) => at(patient, 'Address', key))),
    Author: words(
      at(author, 'FirstName'),
      at(author, 'LastName'),
      at(author, 'Credentials', 0),
      at(author, 'PhoneNumber', 'Office'),
    ),
    'Primary care': words(at(pcp, 'FirstName'), at(pcp, 'LastName'), at(pcp, 'PhoneNumber', 'Office')),
    Sender: words(at(custodian, 'Name'), at(custodian, 'Telecom', 0, 'Value'), at(custodian, 'Telecom', 1, 'Value')),
    'Document of': words(at(document, 'DateTime')),
  };
  const rows = Object.entries(lines).filter(([, value]) => value !== '');
  return `<h1>${escaped(words(at(document, 'Title')))}</h1><table class="head">${rows
    .map(([name, value]) => `<tr><th>${name}</th><td>${escaped(value)}</td></tr>`)
    .join('')}</table>`;
}

/** The sections with a text of their own, and the notes. */
function textsOf(key: string, value: JsonValue): readonly string[] {
  if (key === 'NoteSections' && Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((note) =>
      section(words(at(note, 'Title')) || 'Note', words(at(note, 'Text'))),
    );
  }
  return key.endsWith('Text') && typeof value === 'string' ? [section(titleOf(key), value)] : [];
}

const titleOf = (key: string): string => {
  const spaced = key.slice(0, -'Text'.length).replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return { Allergy: 'Allergies', Immunization: 'Immunizations', Result: 'Results' }[spaced] ?? spaced;
};

/** CDA's paragraph and caption are those of HTML by other names. */
const section = (title: string, markup: string): string =>
  `<h2>${escaped(title)}</h2>${markup.replaceAll(/<(\/?)paragraph>/g, '<$1p>').replaceAll(/<(\/?)caption>/g, '<$1b>')}`;
