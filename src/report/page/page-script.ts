/**
 * The only script of a report: tables sort by a click on a column's name (or Enter, Space), and paper shows what is folded. Without it the
 * page lacks nothing else.
 */
export const PAGE_SCRIPT = `
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0];
  const value = (row, column) => {
    const cell = row.cells[column];
    const data = cell.querySelector('data');
    return data ? Number(data.value) : cell.textContent.trim();
  };
  table.querySelectorAll('thead th').forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') !== 'descending';
      for (const other of table.querySelectorAll('thead th')) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const sign = down ? -1 : 1;
      const rows = [...body.rows].sort((a, b) => {
        const x = value(a, column), y = value(b, column);
        return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en', { numeric: true }));
      });
      body.append(...rows);
    });
  });
}
const folded = [];
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details:not([open])')) { details.open = true; folded.push(details); }
});
addEventListener('afterprint', () => { for (const details of folded.splice(0)) details.open = false; });
`;
