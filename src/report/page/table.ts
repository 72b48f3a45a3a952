import { inFull } from '../../plain-text.ts';
import { html, type Markup } from './markup.ts';

interface Column {
  readonly head: string;
  readonly isNumber?: boolean;
}

type Cell = string | number | null | Markup;

/** A table; the first column names the rows. `caption` describes it to screen readers. */
export const tableMarkup = (caption: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Markup =>
  html`<table>
    <caption class="unseen">
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map(headOf)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell, index) => cellOf(cell, columns[index], index === 0))}
          </tr> `,
      )}
    </tbody>
  </table> `;

const headOf = ({ head, isNumber }: Column): Markup =>
  isNumber === true ? html`<th scope="col" class="number">${head}</th>` : html`<th scope="col">${head}</th>`;

function cellOf(cell: Cell, column: Column | undefined, isFirst: boolean): Markup {
  const content = typeof cell === 'number' ? inFull(cell) : (cell ?? '–');
  if (isFirst) return html`<th scope="row">${content}</th>`;
  if (column?.isNumber !== true) return html`<td>${content}</td>`;
  return cell === 0 ? html`<td class="number nothing">${content}</td>` : html`<td class="number">${content}</td>`;
}
