import type { Home } from '../../schedule/schedule.ts';
import type { OperatorSummary, ScheduleSummary, StorageSummary } from '../../schedule/summary.ts';
import { loopsText } from '../../schedule/summary-figures.ts';
import { energyText, siText } from '../../util/quantity-text.ts';
import { type LegendEntry, legend } from '../charts/chart-figure.ts';
import { shortened, textWidth } from '../drawing/fitted-text.ts';
import { bytesText, numberText } from '../number-text.ts';
import { cleanText, html, type Markup } from '../page/html.ts';
import {
  type DrawnEdge,
  type DrawnGroup,
  type DrawnLabel,
  type DrawnNode,
  NETWORK_WIDTH,
  NODE_HEIGHT,
  NODE_LEFT,
  NODE_WIDTH,
  networkLayout,
} from './network-layout.ts';

/** What homes are called. */
export const HOME_NAMES = { outermost: 'outermost level', retained: 'retained', fused: 'tiles only' } as const;

/** The network in the order in which it runs: operators, activations by home with the words that they save, segments as frames. */
export function drawNetwork(schedule: ScheduleSummary, name: string): Markup {
  const { nodes, groups, edges, labels, height, drawnOperators } = networkLayout(schedule);
  const { operators, storages, segments } = schedule;
  const stay = storages.filter(({ home }) => home !== 'outermost').length;
  const cut = drawnOperators < operators.length ? `; the first ${numberText(drawnOperators)} are drawn` : '';
  const description = `Network ${name}: ${operators.length} operators in ${segments.length} segments, ${stay} of ${storages.length} activations stay on chip${cut}. The tables below say the same.`;
  return html`<svg class="drawing network" role="img" aria-label="${description}" viewBox="0 0 ${NETWORK_WIDTH} ${height}" width="${NETWORK_WIDTH}" height="${height}">
${groups.map((group) => drawGroup(schedule, group))}${edges.map((edge) => drawEdge(schedule, edge))}${nodes.map((node) => drawNode(schedule, node))}${labels.map((label) => drawLabel(schedule, label))}</svg>`;
}

/** What the lines and marks of {@link drawNetwork} mean. */
export function networkLegend({ levelName, storages, operators }: ScheduleSummary): Markup {
  const has = (home: Home) => storages.some((storage) => storage.home === home);
  const have = (weights: OperatorSummary['weights']) => operators.some((operator) => operator.weights === weights);
  const entries: readonly (LegendEntry & { readonly isShown: boolean })[] = [
    { name: 'by the outermost level', color: 'var(--muted)', shape: 'dots', isShown: has('outermost') },
    { name: `stays in ${levelName}`, color: 'var(--front)', shape: 'stroke', isShown: has('retained') },
    { name: 'passes as tiles', color: 'var(--accent)', shape: 'dashes', isShown: has('fused') },
    { name: 'weights that never leave', color: 'var(--weights)', isShown: have('pinned') },
    { name: 'weights that stay for a segment', color: 'var(--vector-unit)', isShown: have('held') },
  ];
  return legend(entries.filter(({ isShown }) => isShown));
}

/** What an operator costs, as the text of a mark. */
export function operatorText(schedule: ScheduleSummary, operator: OperatorSummary): string {
  const { name, kind, weights, steps, energyPj, cycles, dramWords, roomBits, tileBits } = operator;
  if (kind === 'view') return `${name}: a view, no word moves`;
  const parts = [
    steps === 1 ? 'runs whole' : `${numberText(steps)} steps`,
    ...(weights === 'none' ? [] : [`weights ${weights}`]),
    energyText(energyPj),
    `${numberText(cycles)} cycles`,
    `${numberText(dramWords)} words at the outermost level`,
    `tiles of the mapping ${bytesText(tileBits / 8)}${roomBits === null ? '' : ` of ${bytesText(roomBits / 8)}`} in ${schedule.levelName}`,
  ];
  return `${name}: ${parts.join(', ')}`;
}

function drawGroup({ segments, operators }: ScheduleSummary, { segment: index, top, bottom }: DrawnGroup): Markup {
  const segment = segments[index]!;
  const held = segment.held.length === 0 ? '' : `, holds ${segment.held.join(', ')}`;
  const text = `tiles ${loopsText(segment, '\u00d7')}, ${segment.halo}`;
  const title = `${operators[segment.first]!.name} to ${operators[segment.end - 1]!.name}: ${text}${held}`;
  const left = NODE_LEFT + 36;
  return html`<g><title>${title}</title><rect class="group" x="4" y="${top - 2}" width="${NODE_LEFT + NODE_WIDTH + 6}" height="${bottom - top}" rx="6"/>
<text class="quiet" x="${left}" y="${top + 13}">${shortened(text, NODE_LEFT + NODE_WIDTH - left, 'plain')}</text></g>
`;
}

/** Home of a storage and what it saves, as the text of a mark. */
function storageText({ name, words, home, savedDramWords }: StorageSummary): string {
  const saved = savedDramWords > 0 ? `, saves ${numberText(savedDramWords)} words at the outermost level` : '';
  return `${name}: ${numberText(words)} words, ${HOME_NAMES[home]}${saved}`;
}

function drawEdge({ storages }: ScheduleSummary, { storage: index, points }: DrawnEdge): Markup {
  const storage = storages[index]!;
  const line = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const [x, y] = points.at(-1)!;
  const head = points.length === 2 ? `M${x} ${y}l-4 -7h8z` : `M${x} ${y}l7 -4v8z`;
  return html`<g class="${storage.home}"><title>${storageText(storage)}</title><path class="edge" d="${line}"/><path class="head" d="${head}"/></g>
`;
}

function drawNode(schedule: ScheduleSummary, { kind, index, top }: DrawnNode): Markup {
  if (kind === 'input') {
    const { name, words } = schedule.storages[index]!;
    const title = `${name}: input of the network, ${numberText(words)} words`;
    return box('input', title, `input ${name}`, '', top);
  }
  const operator = schedule.operators[index]!;
  const { weights } = operator;
  const badge = weights === 'pinned' || weights === 'held' ? weights : '';
  return box(operator.kind, operatorText(schedule, operator), operator.name, badge, top);
}

function box(kind: string, title: string, name: string, badge: string, top: number): Markup {
  const badgeWidth = badge === '' ? 0 : textWidth(badge, 'plain') + 20;
  const right = NODE_LEFT + NODE_WIDTH;
  const mark =
    badge === ''
      ? null
      : html`<rect class="${badge}" x="${right - badgeWidth}" y="${top + 8}" width="10" height="10"/><text class="end" x="${right - 6}" y="${top + 17.5}">${badge}</text>`;
  const shown = shortened(cleanText(name), NODE_WIDTH - 20 - badgeWidth, 'plain');
  return html`<g><title>${title}</title><rect class="node ${kind}" x="${NODE_LEFT}" y="${top}" width="${NODE_WIDTH}" height="${NODE_HEIGHT}" rx="${kind === 'mac' ? 3 : NODE_HEIGHT / 2}"/><text x="${NODE_LEFT + 11}" y="${top + 17.5}">${shown}</text>${mark}</g>
`;
}

/** The words that a storage saves; where it saves none, those that it has. */
function drawLabel({ storages }: ScheduleSummary, { storage: index, left, baseline }: DrawnLabel): Markup {
  const storage = storages[index]!;
  const { words, savedDramWords, home } = storage;
  const text =
    savedDramWords > 0 ? `saves ${siText(savedDramWords, '', 3)} DRAM words` : `${siText(words, '', 3)} words`;
  return html`<g><title>${storageText(storage)}</title><text class="${savedDramWords > 0 ? home : 'quiet'}" x="${left}" y="${baseline}">${text}</text></g>
`;
}
