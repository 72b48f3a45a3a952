import { html, type Markup } from './markup.ts';

/** A part of the page, with the head that names it to everybody. */
export const sectionMarkup = (id: string, head: string, content: Markup): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-head">
    <h2 id="${id}-head">${head}</h2>
    <div>${content}</div>
  </section> `;
