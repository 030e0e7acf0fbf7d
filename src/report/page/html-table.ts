import { type Hole, html, type Markup } from './html.ts';

/** A column of a table. */
export interface Column {
  readonly name: Hole;
  /** Words and names are set left, figures right. */
  readonly isText?: boolean;
  /** Names that users choose: where there is no room for a long one it is broken anywhere. So are those of the first column. */
  readonly isName?: boolean;
}

/** A row: its cells, the first of which names it. */
export interface Row {
  readonly cells: readonly Hole[];
  readonly kind?: 'own' | 'group' | 'own group' | undefined;
}

/** A table that scrolls sideways on narrow pages, by keys too. */
export function table(
  label: string,
  columns: readonly Column[],
  rows: readonly Row[],
  options: { readonly isSortable?: boolean } = {},
): Markup {
  const kindOf = (index: number) => {
    const { isName, isText } = columns[index] ?? {};
    return isName === true ? html` class="text name"` : isText === true ? html` class="text"` : null;
  };
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table${options.isSortable === true ? html` class="sortable"` : null}>
<thead><tr>${columns.map(({ name }, index) => html`<th scope="col"${kindOf(index)}>${name}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ cells, kind }) =>
    html`<tr${kind === undefined ? null : html` class="${kind}"`}>${cells.map((cell, index) =>
      index === 0 ? html`<th scope="row">${cell}</th>` : html`<td${kindOf(index)}>${cell}</td>`,
    )}</tr>
`,
)}</tbody>
</table></div>`;
}
