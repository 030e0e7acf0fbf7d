import type { ScheduleSummary } from '../../schedule/summary.ts';
import { isTiled } from '../../schedule/summary-figures.ts';
import { type NetworkEdge, networkEdges } from './network-edges.ts';

/** Width of a drawn network in CSS pixels; narrow enough to be read on a phone without scaling. */
export const NETWORK_WIDTH = 400;
/** Operators drawn at most: a longer network is cut and says so. */
export const MOST_DRAWN = 500;
/** Left edge and width of operators. */
export const NODE_LEFT = 14;
export const NODE_WIDTH = 288;
export const NODE_HEIGHT = 26;
/** Between operators: room of a label. */
const GAP = 22;
/** Room above the first operator of a group for what it is, and around it. */
const GROUP_HEADER = 20;
const GROUP_MARGIN = 6;
/** Where edges between neighbours run down. */
export const CHAIN_X = NODE_LEFT + 22;
/** Edges to others run down beside the operators, in lanes of their own. */
const LANE_LEFT = NODE_LEFT + NODE_WIDTH + 24;
const LANE_WIDTH = 9;
const MOST_LANES = 8;

/** A row of the drawing: an input of the network (a storage), or an operator. */
export interface DrawnNode {
  readonly kind: 'input' | 'operator';
  /** Of the storage or the operator. */
  readonly index: number;
  readonly top: number;
}

/** A segment of several operators as a frame around them. */
export interface DrawnGroup {
  readonly segment: number;
  readonly top: number;
  readonly bottom: number;
}

/** An edge as the points of its line, from what makes the words to what reads them. */
export interface DrawnEdge extends NetworkEdge {
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A place for the label of a storage, below what makes it. */
export interface DrawnLabel {
  readonly storage: number;
  readonly left: number;
  readonly baseline: number;
}

/** Where everything of a network stands, in CSS pixels. */
export interface NetworkLayout {
  readonly height: number;
  /** From the top. */
  readonly nodes: readonly DrawnNode[];
  readonly groups: readonly DrawnGroup[];
  readonly edges: readonly DrawnEdge[];
  readonly labels: readonly DrawnLabel[];
  /** Operators that are drawn: the first ones. */
  readonly drawnOperators: number;
}

/** Operators in a column in the order in which they run; edges between neighbours straight, others in lanes at the side. */
export function networkLayout(schedule: ScheduleSummary): NetworkLayout {
  const drawnOperators = Math.min(schedule.operators.length, MOST_DRAWN);
  const edges = networkEdges(schedule).filter(({ to }) => to < drawnOperators);
  const unmade = new Set(edges.flatMap(({ from, storage }) => (from === null ? [storage] : [])));
  const inputs = schedule.storages.flatMap(({ producer }, storage) =>
    producer === null || unmade.has(storage) ? [storage] : [],
  );
  const { nodes, groups, height } = placed(schedule, inputs, drawnOperators);
  const rowOf = ({ from, storage }: NetworkEdge) => (from === null ? inputs.indexOf(storage) : inputs.length + from);
  const labels = nodes.flatMap(({ kind, index, top }): DrawnLabel[] => {
    const storage = kind === 'input' ? index : schedule.operators[index]!.output;
    const isOwn = kind === 'input' || schedule.storages[storage]!.producer === index;
    return isOwn ? [{ storage, left: CHAIN_X + 9, baseline: top + NODE_HEIGHT + 15 }] : [];
  });
  return { height, nodes, groups, labels, drawnOperators, edges: routed(edges, rowOf, inputs.length, nodes) };
}

function placed(schedule: ScheduleSummary, inputs: readonly number[], drawnOperators: number) {
  const nodes: DrawnNode[] = [];
  const groups: DrawnGroup[] = [];
  let y = 4;
  const put = (kind: DrawnNode['kind'], index: number) => {
    nodes.push({ kind, index, top: y });
    y += NODE_HEIGHT + GAP;
  };
  for (const storage of inputs) put('input', storage);
  schedule.segments.forEach((segment, index) => {
    if (segment.first >= drawnOperators) return;
    const isGroup = isTiled(segment);
    const top = y;
    if (isGroup) y += GROUP_HEADER;
    for (let i = segment.first; i < Math.min(segment.end, drawnOperators); i++) put('operator', i);
    if (!isGroup) return;
    // The label of the last operator stands in the frame, as it is the segment that makes it.
    groups.push({ segment: index, top, bottom: y });
    y += GROUP_MARGIN + 4;
  });
  return { nodes, groups, height: y };
}

function routed(
  edges: readonly NetworkEdge[],
  rowOf: (edge: NetworkEdge) => number,
  inputCount: number,
  nodes: readonly DrawnNode[],
): readonly DrawnEdge[] {
  const lanes = lanesOf(edges, rowOf, inputCount);
  const entered = new Map<number, number>();
  return edges.map((edge) => {
    const [from, to] = [rowOf(edge), inputCount + edge.to];
    const [source, target] = [nodes[from]!.top, nodes[to]!.top];
    if (to === from + 1)
      return { ...edge, points: [[CHAIN_X, source + NODE_HEIGHT] as const, [CHAIN_X, target] as const] };
    const lane = lanes.get(laneKey(edge))!;
    const order = entered.get(to) ?? 0;
    entered.set(to, order + 1);
    const right = NODE_LEFT + NODE_WIDTH;
    const x = LANE_LEFT + LANE_WIDTH * Math.min(lane, MOST_LANES - 1);
    const [leave, enter] = [source + NODE_HEIGHT - 6, target + 5 + 5 * Math.min(order, 2)];
    return {
      ...edge,
      points: [[right, leave] as const, [x, leave] as const, [x, enter] as const, [right, enter] as const],
    };
  });
}

function laneKey({ storage, from }: NetworkEdge): string {
  return `${storage} ${from}`;
}

/** A lane for the words of each source that go further than to its neighbour: all readers branch off it. The first one that is free over that length. */
function lanesOf(
  edges: readonly NetworkEdge[],
  rowOf: (edge: NetworkEdge) => number,
  inputCount: number,
): ReadonlyMap<string, number> {
  const spans = new Map<string, { readonly from: number; to: number }>();
  for (const edge of edges) {
    const [from, to] = [rowOf(edge), inputCount + edge.to];
    if (to === from + 1) continue;
    const span = spans.get(laneKey(edge));
    if (span === undefined) spans.set(laneKey(edge), { from, to });
    else span.to = Math.max(span.to, to);
  }
  const ends: number[] = [];
  const lanes = new Map<string, number>();
  for (const [key, { from, to }] of [...spans].sort(([, a], [, b]) => a.from - b.from || a.to - b.to)) {
    const free = ends.findIndex((end) => end <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to;
    lanes.set(key, lane);
  }
  return lanes;
}
