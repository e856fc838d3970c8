import type { ImageReport, Use, UsedBytes } from '../../../../lib/limfs/inspect/report.js';

const width = 1180;
const rows = 64;

/** All bytes of the image, row after row: what is used, for what, and what is damaged. */
export function byteMapSvg({ uses, imageBytes }: ImageReport): string {
  const rowBytes = Math.max(16, 2 ** Math.ceil(Math.log2(imageBytes / rows)));
  const rowCount = Math.ceil(imageBytes / rowBytes);
  const rowHeight = rowCount > rows / 2 ? 5 : 10;
  const paths = new Map<Use, string>();
  for (const used of uses) paths.set(used.use, (paths.get(used.use) ?? '') + strokes(used, rowBytes));
  // Damage lies on top of everything else.
  const order: readonly Use[] = ['fixed', 'table', 'old', 'closed', 'open', 'damaged'];
  const drawn = order.map((use) => `<path class="${use}" d="${paths.get(use) ?? ''}"/>`).join('');
  const height = rowCount * rowHeight;
  return `<p>A row is ${rowBytes} bytes; the first byte is at the upper left.</p>
<svg class="strokes" role="img" aria-label="Map of all bytes" viewBox="0 0 ${width} ${height}">
<svg width="${width}" height="${height}" preserveAspectRatio="none" viewBox="0 0 ${rowBytes} ${rowCount}">
<rect class="free" width="${rowBytes}" height="${rowCount}"/>${drawn}</svg></svg>`;
}

/** Horizontal strokes in units of bytes and rows; one byte less shows where a stretch ends. */
function strokes({ address, sizeBytes }: UsedBytes, rowBytes: number): string {
  const margin = sizeBytes > rowBytes / 16 ? rowBytes / 400 : 0;
  const end = address + Math.max(sizeBytes - margin, rowBytes / 600);
  let path = '';
  for (let from = address; from < end; ) {
    const row = Math.floor(from / rowBytes);
    const to = Math.min(end, (row + 1) * rowBytes);
    path += `M${from - row * rowBytes} ${row + 0.5}h${(to - from).toFixed(1)}`;
    from = to;
  }
  return path;
}
