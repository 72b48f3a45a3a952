/**
 * Text that becomes HTML. What stands in the ledger came from an EHR and from Redox, and may be anything; `escape` is the one
 * way by which it gets into a page, and `html` lets nothing past it.
 */

/** HTML that is safe as it stands. Only `html` and `trusted` make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Content = string | number | Markup | null | readonly Content[];

/** HTML of ours with values in it: whatever is not `Markup` already is escaped. Null is nothing. */
export const html = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  new Markup(parts.map((part, index) => part + written(values[index] ?? null)).join(''));

/** HTML that this program made otherwise (a chart, a file of ours). Never anything that was read from a neighbour. */
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

/** Text as HTML shows it, in an element or a quoted attribute. Control characters become their pictures (U+2400 …). */
export const escape = (text: string): string =>
  text
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (control) =>
      control === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + control.charCodeAt(0)),
    );

/** As much of an id as a page can show; the CSV has all of it. */
const shownCharacters = 120;

/** An id: any text in any script, so its direction must not reach what stands beside it. */
export function idMarkup(id: string): Markup {
  const characters = Array.from(id);
  if (characters.length <= shownCharacters) return html`<bdi class="id">${id}</bdi>`;
  const rest = characters.length - shownCharacters;
  return html`<bdi class="id">${characters.slice(0, shownCharacters).join('')}</bdi>
    <span class="quiet">… and ${rest} characters more, in the CSV</span>`;
}
