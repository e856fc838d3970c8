/** Look of the page; light and dark by what the reader's system prefers. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfa; --ink: #23272e; --soft: #5d6570; --faint: #d9dce1; --card: #ffffff;
  --fixed: #c98a1b; --table: #7a4fb0; --closed: #2f7fc1; --open: #1a7f4b; --old: #a9cbe3; --free: #e6e8ea; --damaged: #d0262d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c; --ink: #e4e7eb; --soft: #a2aab4; --faint: #343a42; --card: #1d2127;
    --fixed: #e0a53c; --table: #b98af0; --closed: #58a6e8; --open: #4cc38a; --old: #38566d; --free: #272c33; --damaged: #ff5d5d;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1240px; padding: 28px 30px 60px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 2px; }
h2 { font-size: 18px; margin: 34px 0 4px; }
p { margin: 4px 0 10px; max-width: 88ch; color: var(--soft); }
p.lead { color: var(--ink); font-size: 16px; }
p.verdict { font-weight: 600; margin: 2px 0 12px; }
.good { color: var(--open); } .bad { color: var(--damaged); }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.tiles { display: flex; gap: 10px; margin: 16px 0 10px; flex-wrap: wrap; }
.tile { flex: 1 1 120px; background: var(--card); border: 1px solid var(--faint); border-radius: 8px; padding: 8px 12px; }
.tile b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: 13px; }
.legend { display: flex; gap: 6px 18px; flex-wrap: wrap; font-size: 13px; color: var(--soft); margin: 4px 0 8px; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 40px; align-items: start; }
@media (max-width: 900px) { .columns { grid-template-columns: 1fr; } }
svg { display: block; width: 100%; height: auto; }
svg text { font-family: inherit; fill: var(--soft); font-size: 12px; }
svg .big { font-size: 20px; fill: var(--ink); font-weight: 600; }
.strokes path { fill: none; stroke-width: 0.8; shape-rendering: crispEdges; }
.arcs path { fill: none; stroke-width: 26; }
i.fixed { background: var(--fixed); } i.table { background: var(--table); } i.closed { background: var(--closed); }
i.open { background: var(--open); } i.old { background: var(--old); } i.free { background: var(--free); }
i.damaged { background: var(--damaged); }
path.fixed { stroke: var(--fixed); } path.table { stroke: var(--table); } path.closed { stroke: var(--closed); }
path.open { stroke: var(--open); } path.old { stroke: var(--old); } path.free { stroke: var(--free); }
path.damaged { stroke: var(--damaged); } path.mark { stroke: none; fill: var(--ink); } rect.free { fill: var(--free); }
path.axis { stroke: var(--faint); fill: none; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; margin: 6px 0; }
th, td { text-align: left; padding: 2px 18px 2px 0; border-bottom: 1px solid var(--faint); font-weight: normal; white-space: nowrap; }
th { color: var(--soft); } td.number, th.number { text-align: right; } td.wrap { white-space: normal; }
summary { cursor: pointer; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 8px 0; }
dt { color: var(--soft); } dd { margin: 0; max-width: 88ch; }
ul.findings { color: var(--damaged); padding-left: 20px; }
`;
