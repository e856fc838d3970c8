import { escapeHtml, grouped } from '../../../../simulator/report/facts.js';

export { escapeHtml, grouped };

/** A table; numbers stand to the right and are grouped, texts are escaped. */
export function htmlTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const isNumber = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const cell = (tag: string, content: string | number, column: number) =>
    `<${tag}${isNumber[column] ? ' class="number"' : ''}>${typeof content === 'number' ? grouped(content) : escapeHtml(content)}</${tag}>`;
  const line = (tag: string, cells: readonly (string | number)[]) =>
    `<tr>${cells.map((content, column) => cell(tag, content, column)).join('')}</tr>`;
  return `<div class="scroll"><table>${line('th', head)}${rows.map((row) => line('td', row)).join('')}</table></div>`;
}

/** A table that is folded away when it is long. */
export function foldedTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  what: string,
): string {
  const shown = 12;
  if (rows.length <= shown) return htmlTable(head, rows);
  return `${htmlTable(head, rows.slice(0, shown))}
<details><summary>All ${grouped(rows.length)} ${escapeHtml(what)}</summary>${htmlTable(head, rows)}</details>`;
}

export function legend(items: readonly (readonly [className: string, label: string])[]): string {
  return `<div class="legend">${items.map(([name, label]) => `<span><i class="${name}"></i>${escapeHtml(label)}</span>`).join('')}</div>`;
}
