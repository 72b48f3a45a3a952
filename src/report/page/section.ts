import { html, type Markup } from './markup.ts';

export const sectionMarkup = (id: string, head: string, content: Markup): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-head">
    <h2 id="${id}-head">${head}</h2>
    <div>${content}</div>
  </section> `;
