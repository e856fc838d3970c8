/** Look of the report; light and dark by what the reader's system prefers. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfa; --ink: #23272e; --soft: #5d6570; --faint: #d9dce1; --card: #ffffff;
  --direct: #a9cbe3; --window: #2f7fc1; --backfill: #5b2a86; --hole: #9aa0a8; --cut: #e08a00; --lost: #d0262d;
  --good: #1a7f4b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c; --ink: #e4e7eb; --soft: #a2aab4; --faint: #343a42; --card: #1d2127;
    --direct: #38566d; --window: #58a6e8; --backfill: #b98af0; --hole: #6d747d; --cut: #f2a533; --lost: #ff5d5d;
    --good: #4cc38a;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1240px; padding: 28px 30px 60px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 6px; }
h1.good { color: var(--good); } h1.bad { color: var(--lost); }
h2 { font-size: 18px; margin: 34px 0 4px; }
p { margin: 4px 0 10px; max-width: 86ch; color: var(--soft); }
p.lead { color: var(--ink); font-size: 16px; }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; background: var(--card); border: 1px solid var(--faint);
  border-radius: 4px; padding: 1px 5px; }
.tiles { display: flex; gap: 10px; margin: 16px 0 10px; flex-wrap: wrap; }
.tile { flex: 1 1 120px; background: var(--card); border: 1px solid var(--faint); border-radius: 8px; padding: 8px 12px; }
.tile b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: 13px; }
.bar { display: flex; height: 22px; border-radius: 5px; overflow: hidden; margin: 10px 0 6px; }
.bar i { min-width: 0; }
.legend { display: flex; gap: 18px; flex-wrap: wrap; font-size: 13px; color: var(--soft); margin: 4px 0 8px; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
i.direct { background: var(--direct); } i.window { background: var(--window); } i.backfill { background: var(--backfill); }
i.hole { background: var(--hole); } i.cut { background: var(--cut); } i.lost { background: var(--lost); }
i.power { background: none; border-left: 6px solid transparent; border-right: 6px solid transparent;
  border-top: 10px solid var(--ink); border-radius: 0; width: 0; height: 0; }
.energy .listening { background: var(--window); } .energy .sending { background: var(--backfill); }
.energy .asleep { background: var(--hole); } .energy .processor { background: var(--cut); } .energy .memory { background: var(--good); }
svg { display: block; width: 100%; height: auto; }
svg text { font-family: inherit; }
.grid .label { font-size: 11px; fill: var(--soft); }
.grid svg path { fill: none; stroke-width: 0.8; shape-rendering: crispEdges; }
.grid .direct { stroke: var(--direct); } .grid .window { stroke: var(--window); }
.grid .backfill { stroke: var(--backfill); } .grid .hole { stroke: var(--hole); }
.grid .cut { stroke: var(--cut); } .grid .lost { stroke: var(--lost); }
.grid .power { fill: var(--ink); } .grid .axis { stroke: var(--faint); fill: none; }
.fram path { fill: none; stroke-width: 0.8; shape-rendering: crispEdges; }
.fram .empty { fill: var(--faint); opacity: 0.45; }
.fram .areas { stroke: var(--cut); } .fram .pvt { stroke: var(--backfill); } .fram .sealed { stroke: var(--window); }
.fram .open { stroke: var(--good); } .fram .damaged { stroke: var(--lost); }
i.areas { background: var(--cut); } i.pvt { background: var(--backfill); } i.sealed { background: var(--window); }
i.open { background: var(--good); } i.empty { background: var(--faint); opacity: 0.6; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 36px; }
.columns section { display: flex; flex-direction: column; } .columns svg { margin-top: auto; }
@media (max-width: 900px) { .columns { grid-template-columns: 1fr; } }

.grid .mark { fill: none; stroke: var(--ink); stroke-width: 1; }
.fault-power { fill: var(--ink); background: var(--ink); } .fault-jam { fill: var(--cut); background: var(--cut); }
.fault-away { fill: var(--hole); background: var(--hole); } .fault-dead { fill: var(--lost); background: var(--lost); }
.fault-work { fill: var(--good); background: var(--good); }
.topology text { font-size: 11.5px; fill: var(--ink); } .topology text.soft { fill: var(--soft); font-size: 10.5px; }
.topology .device { fill: var(--card); stroke: var(--soft); } .topology .localManager { stroke: var(--window); stroke-width: 1.6; }
.topology .concentrator { stroke: var(--backfill); stroke-width: 1.6; } .topology .router { stroke: var(--cut); stroke-width: 1.6; }
.topology .meter { fill: var(--good); } .topology .link { fill: none; stroke-width: 1.4; stroke: var(--good); opacity: 0.75; }
.topology .fair { stroke: var(--cut); } .topology .poor { stroke: var(--lost); }
.topology .other { stroke: var(--hole); stroke-dasharray: 3 3; stroke-width: 1; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; margin: 6px 0; }
th, td { text-align: right; padding: 2px 14px 2px 0; border-bottom: 1px solid var(--faint); font-weight: normal; }
th { color: var(--soft); } th:first-child, td:first-child { text-align: left; }
summary { cursor: pointer; color: var(--soft); }
.problems { color: var(--lost); }
`;
