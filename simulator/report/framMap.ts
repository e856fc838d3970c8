import type { MeterReport } from '../../lib/limfs/inspect/report.js';

const rowBytes = 2048;
const width = 1180;
const rowHeight = 5;

interface Segment {
  readonly address: number;
  readonly sizeBytes: number;
  readonly className: string;
}

/** The chip as rows of 2 KiB: what lies where, and which pages are in use. */
export function framMapSvg(report: MeterReport, imageBytes: number): string {
  const rows = Math.ceil(imageBytes / rowBytes);
  const paths = new Map<string, string>();
  for (const segment of segmentsOf(report)) {
    paths.set(segment.className, (paths.get(segment.className) ?? '') + strokes(segment));
  }
  const drawn = [...paths].map(([className, path]) => `<path class="${className}" d="${path}"/>`).join('');
  return (
    `<svg class="fram" role="img" aria-label="Map of the FRAM" viewBox="0 0 ${width} ${rows * rowHeight}">` +
    `<svg width="${width}" height="${rows * rowHeight}" preserveAspectRatio="none" viewBox="0 0 ${rowBytes} ${rows}">` +
    `<rect class="empty" width="${rowBytes}" height="${rows}"/>${drawn}</svg></svg>`
  );
}

function segmentsOf({ areas, pages, pageBytes }: MeterReport): Segment[] {
  const small = areas
    .filter(({ name }) => name !== 'data')
    .map(({ name, address, sizeBytes }) => ({
      address,
      sizeBytes,
      className: name === 'PVT' ? 'pvt' : 'areas',
    }));
  const used = pages
    .filter(({ state }) => state !== 'free')
    // One byte less shows where a page ends.
    .map(({ address, state }) => ({ address, sizeBytes: pageBytes - 6, className: state }));
  return [...small, ...used];
}

/** Horizontal strokes in units of bytes and rows; a segment goes on in the next row. */
function strokes({ address, sizeBytes }: Segment): string {
  let path = '';
  let from = address;
  const end = address + sizeBytes;
  while (from < end) {
    const row = Math.floor(from / rowBytes);
    const to = Math.min(end, (row + 1) * rowBytes);
    path += `M${from - row * rowBytes} ${row + 0.5}h${to - from}`;
    from = to;
  }
  return path;
}
