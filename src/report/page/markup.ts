/**
 * Builds HTML. Text in the ledger came from an EHR and from Redox and may contain anything; `html` escapes all of it.
 */

/** Safe HTML. Only `html` and `trusted` create it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Content = string | number | Markup | null | readonly Content[];

/** A template with values: every value but `Markup` is escaped. Null is empty. */
export const html = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  new Markup(parts.map((part, index) => part + written(values[index] ?? null)).join(''));

/** Marks other HTML of this program (a chart, a file) as safe. Keep text from a neighbour out of it. */
export const trusted = (text: string): Markup => new Markup(text);

function written(content: Content): string {
  if (content === null) return '';
  if (content instanceof Markup) return content.text;
  return typeof content === 'object' ? content.map(written).join('') : escape(String(content));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for an element or a quoted attribute. Control characters become their pictures (U+2400 …). */
export const escape = (text: string): string =>
  text
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (control) =>
      control === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + control.charCodeAt(0)),
    );

/** The page shortens longer ids; the CSV has all of them. */
const shownCharacters = 120;

/** An id may be in any script, so its writing direction is isolated from the surrounding text. */
export function idMarkup(id: string): Markup {
  const characters = Array.from(id);
  if (characters.length <= shownCharacters) return html`<bdi class="id">${id}</bdi>`;
  const rest = characters.length - shownCharacters;
  return html`<bdi class="id">${characters.slice(0, shownCharacters).join('')}</bdi>
    <span class="quiet">… and ${rest} characters more, in the CSV</span>`;
}
