/** Text of an escaped string. */
export function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&');
}

/** Markup of a section. @throws Error if there is none */
export function sectionOf(page: string, id: string): string {
  const start = page.indexOf(`<section id="${id}">`);
  if (start < 0) throw new Error(`no section ${id}`);
  return page.slice(start, page.indexOf('</section>', start));
}

/** Cells of the rows of a table's body: exact values where a cell has them, otherwise its text. */
export function tableRows(markup: string, label: string): (number | string)[][] {
  const start = markup.indexOf(`aria-label="${label}"`);
  if (start < 0) throw new Error(`no table ${label}`);
  const body = markup.slice(markup.indexOf('<tbody>', start), markup.indexOf('</tbody>', start));
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => {
      const exact = /<data value="([^"]*)">/.exec(cell);
      return exact === null ? unescapeHtml(cell.replace(/<[^>]*>/g, '')) : Number(exact[1]);
    }),
  );
}

/** Tags of a page in order with the names of their attributes: what a string of a user must not change. */
export function skeletonOf(page: string): string {
  return [...page.matchAll(/<(\/?[a-z!][^\s>]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*\/?>/gi)]
    .map(
      ([, tag, attributes = '']) =>
        `${tag} ${[...attributes.matchAll(/([^\s="]+)(?:="[^"]*")?/g)].map(([, name]) => name).join(' ')}`,
    )
    .join('\n');
}
