import { html, type Markup } from './markup.ts';

/** A section of the page, labelled by its heading. */
export const sectionMarkup = (id: string, head: string, content: Markup): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-head">
    <h2 id="${id}-head">${head}</h2>
    <div>${content}</div>
  </section> `;
