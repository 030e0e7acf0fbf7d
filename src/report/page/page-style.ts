const LIGHT = `
  --surface: #ffffff; --raised: #f6f7f9; --text: #1a2029; --muted: #59636f; --line: #c9d0d8; --grid: #e8ebef;
  --accent: #0061a8; --cloud: #7d8a99; --front: #009e73; --published: #a85a00; --optimal: #8a3f78;
  --good: #00734f; --warn: #8a4500;
  --weights: #cc79a7; --inputs: #e69f00; --outputs: #009e73; --mac: #7d8794; --vector-unit: #3a2f6b;
  --level0: #d55e00; --level1: #0072b2; --level2: #56b4e9; --level3: #f0e442; --level4: #004d40; --level5: #8c564b;
  --run-a: #0072b2; --run-b: #d55e00;`;

const DARK = `
  --surface: #12161c; --raised: #1b212a; --text: #e7ebf0; --muted: #a3aebb; --line: #3d4855; --grid: #272f39;
  --accent: #6bb8f2; --cloud: #8e9bab; --front: #35c79a; --published: #f0a348; --optimal: #dc9bc7;
  --good: #4fd1a5; --warn: #f3b267;
  --weights: #d98ab6; --inputs: #f0b429; --outputs: #35b890; --mac: #8a95a3; --vector-unit: #b5a6f0;
  --level0: #ef7b2d; --level1: #2f8fd0; --level2: #8ccdf5; --level3: #f0e442; --level4: #7ec8b8; --level5: #c39b8f;
  --run-a: #59a9e0; --run-b: #ef7b2d;`;

/** Style of all reports: light and dark by the reader's preference, light on paper, one column on a phone. Loads nothing. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 3.5rem; }
body {
  margin: 0; background: var(--surface); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
main, header, footer { max-width: 1140px; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.25rem; }
h1 { font-size: clamp(1.35rem, .9rem + 2.4vw, 2.4rem); line-height: 1.15; margin: .15rem 0 .4rem; letter-spacing: -.015em; text-wrap: balance; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .35rem; letter-spacing: -.01em; }
h3 { font-size: 1.02rem; margin: 1.4rem 0 .4rem; }
p { margin: .35rem 0 .8rem; max-width: 50rem; }
.eyebrow { color: var(--muted); font-size: .85rem; margin: 0; }
.lead { font-size: 1.12rem; }
.note, .facts { color: var(--muted); font-size: .9rem; }
.good { color: var(--good); } .warn { color: var(--warn); }
a { color: var(--accent); }
nav { position: sticky; top: 0; z-index: 2; background: var(--surface); border-bottom: 1px solid var(--line); margin-top: 1.2rem; }
nav ul { max-width: 1140px; margin: 0 auto; padding: .55rem 1.25rem; display: flex; gap: 1.15rem; overflow-x: auto; list-style: none; white-space: nowrap; }
nav a { overflow-wrap: normal; text-decoration: none; font-size: .92rem; color: var(--muted); padding: .1rem 0; }
nav a:hover { color: var(--text); text-decoration: underline; }
section { padding: 1.9rem 0 .6rem; }
section + section { border-top: 1px solid var(--grid); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--surface); padding: .4rem .8rem; z-index: 3; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: .75rem; margin: 1.1rem 0 1.3rem; padding: 0; list-style: none; }
.cards li { background: var(--raised); border-radius: 8px; padding: .7rem .6rem .65rem; }
.cards .value { display: block; white-space: nowrap; font-size: 1.2rem; font-weight: 650; line-height: 1.2; letter-spacing: -.01em; }
.cards .name { display: block; color: var(--muted); font-size: .86rem; line-height: 1.35; }
.scroll {
  overflow-x: auto; margin: .6rem 0 1rem;
  background: linear-gradient(to right, var(--surface) 40%, transparent) 0 0 / 2rem 100% no-repeat local,
    linear-gradient(to left, var(--surface) 40%, transparent) 100% 0 / 2rem 100% no-repeat local,
    linear-gradient(to right, var(--line), transparent) 0 0 / .6rem 100% no-repeat scroll,
    linear-gradient(to left, var(--line), transparent) 100% 0 / .6rem 100% no-repeat scroll;
}
table { border-collapse: collapse; font-size: .86rem; min-width: 100%; }
caption { text-align: left; color: var(--muted); font-size: .9rem; padding-bottom: .4rem; }
th, td { padding: .34rem .48rem; text-align: right; white-space: nowrap; overflow-wrap: normal; border-bottom: 1px solid var(--grid); }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 600; border-bottom-color: var(--line); vertical-align: bottom; white-space: normal; }
.text { text-align: left; } tbody th, td.text { white-space: normal; } tbody th, td.name { overflow-wrap: anywhere; min-width: 6.8rem; }
tbody th { font-weight: 600; max-width: 20rem; } thead th:first-child, tbody th { text-align: left; }
tr.own td, tr.own th { font-weight: 650; } tr.group td, tr.group th { border-top: 1px solid var(--line); }
th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
th button { position: relative; } th button:hover { color: var(--text); text-decoration: underline; }
th button::after { content: ""; position: absolute; left: 100%; } th[aria-sort=ascending] button::after { content: "\\2191"; } th[aria-sort=descending] button::after { content: "\\2193"; }
figure { margin: .8rem 0 1.1rem; }
figure svg { display: block; max-width: 100%; height: auto; overflow: visible; }
figure svg text, .drawing text { font-family: inherit; }
figure svg text { paint-order: stroke; stroke: var(--surface); stroke-width: 3px; stroke-linejoin: round; }
figcaption { color: var(--muted); font-size: .9rem; max-width: 50rem; margin-top: .5rem; }
.narrow { display: none !important; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 2rem; }
.beside { display: grid; grid-template-columns: 400px minmax(0, 1fr); gap: 0 2.5rem; align-items: start; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.15rem; list-style: none; padding: 0; margin: .3rem 0 .5rem; font-size: .9rem; color: var(--muted); }
.legend svg { display: inline-block; vertical-align: -2px; margin-right: .4rem; }
@media (min-width: 761px) { .pair .legend { min-height: 3.3em; align-content: flex-end; } }
.drawing { display: block; max-width: 100%; height: auto; margin: .6rem 0; }
.drawing text { font-size: 13px; fill: var(--text); } .drawing .strong { font-weight: 650; } .drawing .end { text-anchor: end; fill: var(--muted); }
.drawing .middle { text-anchor: middle; } .drawing .axis { font-weight: 650; fill: var(--accent); }
.drawing .dram { fill: none; stroke: var(--level0); stroke-width: 1.5; } .drawing .bus { fill: none; stroke: var(--muted); stroke-width: 1.5; }
.drawing .ground, .drawing .sheet { fill: var(--raised); stroke: var(--line); } .drawing .pe { fill: var(--surface); stroke: var(--line); stroke-width: .75; } .drawing .memory { fill: var(--level2); }
.drawing .wire { fill: none; } .drawing .wire-weights { stroke: var(--weights); } .drawing .wire-inputs { stroke: var(--inputs); } .drawing .wire-outputs { stroke: var(--outputs); }
.drawing .head-weights { fill: var(--weights); } .drawing .head-inputs { fill: var(--inputs); } .drawing .head-outputs { fill: var(--outputs); }
.drawing .fill-0 { fill: var(--level0); } .drawing .fill-1 { fill: var(--level1); } .drawing .fill-2 { fill: var(--level2); } .drawing .fill-3 { fill: var(--level3); } .drawing .fill-4 { fill: var(--level4); } .drawing .fill-5 { fill: var(--level5); }
figure .drawing text { stroke: none; }
.tall { max-height: 46rem; overflow-y: auto; border: 1px solid var(--grid); border-radius: 8px; padding: 0 .4rem; } .tall .drawing { margin: .3rem auto; }
.drawing .quiet { fill: var(--muted); } .drawing text.retained { fill: var(--good); } .drawing text.fused { fill: var(--accent); } .drawing .group { fill: none; stroke: var(--accent); stroke-width: 1; }
.drawing .node { fill: var(--raised); stroke: var(--muted); } .drawing .mac { stroke: var(--text); } .drawing .view, .drawing .input { fill: var(--surface); stroke-dasharray: 4 3; }
.drawing .pinned { fill: var(--weights); } .drawing .held { fill: var(--vector-unit); } .drawing .edge { fill: none; }
.drawing .outermost .edge { stroke: var(--muted); stroke-width: 1.25; stroke-dasharray: 2 3; } .drawing .retained .edge { stroke: var(--front); stroke-width: 3; } .drawing .fused .edge { stroke: var(--accent); stroke-width: 2; stroke-dasharray: 6 3; }
.drawing .outermost .head { fill: var(--muted); } .drawing .retained .head { fill: var(--front); } .drawing .fused .head { fill: var(--accent); }
.drawing .words-least { fill: var(--front); } .drawing .words-own { fill: var(--accent); } .drawing .words-before { fill: var(--cloud); }
details { border-bottom: 1px solid var(--grid); } section > details:last-child { border-bottom: 0; }
summary { cursor: pointer; padding: .4rem 0; } summary .facts { margin-left: .5rem; }
pre { background: var(--raised); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto; font: 13.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; margin: .5rem 0 1rem; tab-size: 2; }
pre.command { white-space: pre-wrap; }
pre .level { color: var(--accent); font-weight: 600; } pre .parallel { color: var(--good); }
dl.facts { display: grid; grid-template-columns: fit-content(45%) minmax(0, 1fr); gap: .2rem 1.2rem; margin: .6rem 0 1rem; } dt { color: var(--muted); overflow-wrap: anywhere; } dd { margin: 0; color: var(--text); }
ul.plain { padding-left: 1.1rem; margin: .3rem 0 1rem; }
footer { padding-top: 1.5rem; padding-bottom: 2.5rem; color: var(--muted); font-size: .88rem; }
@media screen and (max-width: 760px) {
  body { font-size: 15.5px; } main, header, footer, nav ul { padding-left: 1rem; padding-right: 1rem; }
  .pair, .beside { grid-template-columns: minmax(0, 1fr); }
  .cards { grid-template-columns: 1fr 1fr; gap: .55rem; }
  summary .facts { display: block; margin-left: 0; }
  .wide { display: none !important; } .narrow { display: block !important; } .narrow svg { width: 100%; max-width: 480px; }
  tbody th { max-width: 11rem; } td.text { min-width: 6.8rem; }
}
@media screen and (max-width: 940px) { .beside { grid-template-columns: minmax(0, 1fr); } }
@media screen and (max-width: 620px) { dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: .4rem; } }
@media print {
  @page { margin: 14mm; }
  body { font-size: 10pt; } nav, .skip { display: none; } main, header, footer { max-width: none; padding: 0; }
  .beside { grid-template-columns: 46% minmax(0, 1fr); gap: 0 1.5rem; } .cards { grid-template-columns: repeat(4, 1fr); }
  .wide text { font-size: 14px; }
  section { padding: 1rem 0 .2rem; } figure, .cards, .drawing, tr { break-inside: avoid; } h2, h3, summary { break-after: avoid; }
  .tall { max-height: none; overflow: visible; border: 0; } .tall .drawing { break-inside: auto; } .scroll { overflow: visible; background: none; } table { font-size: 7.5pt; } th, td { padding: .2rem .35rem; } th button::after { content: none; }
  pre { white-space: pre-wrap; font-size: 7.5pt; background: none; border: 1px solid var(--line); break-inside: avoid; }
  .cards li { border: 1px solid var(--line); } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
