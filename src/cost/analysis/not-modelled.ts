import { type Accelerator, canKeep, childrenOf, isTimed, type StorageLevel } from '../../accelerator/accelerator.ts';
import type { HostLink } from '../../accelerator/overheads.ts';
import { TENSORS, type TensorName } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { hopPj } from '../level-cost.ts';
import { isPart } from '../link-cost.ts';
import { type Drain, drainBy, type ReuseRule, reuseRule, type TemporalReuse } from '../temporal-reuse.ts';
import { type NamedNetwork, operatorsNotModelled } from './operators-not-modelled.ts';

/** What of an accelerator decides which costs its figures hold. */
export type CostedHardware = Pick<Accelerator, 'levels' | 'vectorUnit' | 'link' | 'tiles'>;

/**
 * What the figures of networks on an accelerator leave out, as sentences of what its levels state and the model counts; behind a sentence, in brackets, the
 * levels that it holds for.
 * @param temporalReuse the rule that the figures were counted with; searches of accelerators and networks know `exact` alone
 * @param retained level in which activations stay between operators; null: none do
 */
export function notModelled(
  accelerator: CostedHardware,
  networks: readonly NamedNetwork[],
  temporalReuse: TemporalReuse = 'exact',
  retained: string | null = null,
): readonly string[] {
  const { levels, link } = accelerator;
  const rule = reuseRule(temporalReuse);
  const outermost = levels[0]?.name ?? 'the outermost level';
  return [
    retained === null
      ? `activations on chip: every layer reads its inputs from ${outermost} and writes its outputs there`
      : `activations on chip: in ${retained} alone, with operators one after the other in the order given; parameters that stay there are loaded before the first run`,
    ...unstatedCycles(levels),
    ...statements(levels, rule),
    ...uncompressed(levels, networks),
    ...(link === undefined
      ? [`link: all that a network reads and writes lies in ${outermost} from the start`]
      : overLink(link, networks)),
    ...leakage(levels),
    'zeros: multiply-accumulates on zeros and on padding are executed, their operands read at the innermost level',
    ...(accelerator.tiles === undefined && !rule.isTimeloop
      ? ['tiles: words of Inputs that strides and dilations skip are never moved']
      : []),
    ...(rule.isTimeloop ? ["Timeloop's rule: tiles are bounding boxes, padding moves with them"] : []),
    ...(rule.standstillCounts ? ["Timeloop's rule of 2023: overlap is reused along the innermost loop alone"] : []),
    'refresh, page and bank conflicts; energy of sequencers, clocks and units that idle',
    ...operatorsNotModelled(accelerator, networks),
  ];
}

/** Cycles that a file states once for the accelerator, not level by level: one sentence for all that it does not. */
function unstatedCycles(levels: readonly StorageLevel[]): string[] {
  const arrays = levels.filter((level) => childrenOf(level) > 1);
  const unstated = [
    ...(levels.some(({ launch }) => launch !== undefined) ? [] : ['launch']),
    ...(levels.some(({ requests }) => requests !== undefined) ? [] : ['requests']),
    ...(arrays.every(({ fanOut }) => fanOut.fill === undefined) && arrays.length > 0 ? ['fill'] : []),
    ...(arrays.every(({ fanOut }) => fanOut.rampCycles === undefined) && arrays.length > 0 ? ['ramp'] : []),
  ];
  return unstated.length === 0 ? [] : [`cycles of ${unstated.join(', ')}: no level states any`];
}

/** Costs that every level has or has not, each with the levels that leave it out. */
function statements(levels: readonly StorageLevel[], rule: ReuseRule): string[] {
  const inner = levels.slice(1);
  const thatDrain = (what: Drain) =>
    levels
      .filter((level, index) => index > 0 && canKeep(level, 'Outputs') && drainBy(rule, level.drain, index) === what)
      .map(nameOf);
  return [
    ...ofPlaces(
      'requests: words cost the same wherever they lie',
      levels.flatMap((level) => tensorsAt(level, TENSORS, requested)),
    ),
    ...ofPlaces(
      'refetch: what the next tile needs again stays',
      inner.flatMap((level) => tensorsAt(level, ['Weights', 'Inputs'], refetched)),
    ),
    ...ofPlaces(
      'overlap: transfers and compute overlap without loss',
      levels.filter((level) => isTimed(level) && level.overlap === undefined).map(nameOf),
    ),
    ...ofPlaces('bandwidth: no limit', levels.filter((level) => !isTimed(level)).map(nameOf)),
    ...ofPlaces('drain: finished outputs leave without a read', thatDrain('none')),
    ...ofPlaces('drain: partial sums leave without a read, finished outputs with one', thatDrain('finished')),
    ...ofPlaces(
      'compression: zeros cost as much as other words',
      levels.filter(({ compression }) => compression === undefined).map(nameOf),
    ),
    ...wires(levels),
  ];
}

/** Links between a level and its children: what costs nothing of them. */
function wires(levels: readonly StorageLevel[]): string[] {
  const arrays = levels.filter((level) => childrenOf(level) > 1);
  const isFree = (level: StorageLevel) => hopPj(level, 1) === 0;
  const charged = arrays.filter((level) => !isFree(level));
  return [
    ...ofPlaces('wires: links to the children are free', arrays.filter(isFree).map(nameOf)),
    ...ofPlaces(
      'distance: words for one child take no hop, others one for each further child',
      charged.filter(({ fanOut }) => fanOut.wires === undefined).map(nameOf),
    ),
    ...ofPlaces(
      'partial sums: no hops on the way back to the children',
      charged.filter((level) => canKeep(level, 'Outputs')).map(nameOf),
    ),
    ...ofPlaces(
      'area of links: not known',
      charged.filter(({ fanOut }) => (fanOut.wires?.areaMm2 ?? 0) === 0).map(nameOf),
    ),
  ];
}

/** Null where a level states no requests at all: that is said of the accelerator. */
function requested({ requests }: StorageLevel): readonly TensorName[] | null {
  return requests === undefined ? null : TENSORS.filter((tensor) => requests.layout[tensor] !== undefined);
}

function refetched({ refetch }: StorageLevel): readonly TensorName[] {
  return refetch ?? [];
}

/** What stays dense in levels with a code of zeros. */
function uncompressed(levels: readonly StorageLevel[], networks: readonly NamedNetwork[]): string[] {
  const layers = networks.flatMap((network) => network.layers);
  return levels.flatMap(({ name, compression, storedBits }) => {
    if (compression === undefined) return [];
    const dense = (['Inputs', 'Outputs'] as const).flatMap((tensor) => {
      const isDense = ({ zeros, wordBits }: LayerShape) =>
        zeros?.[tensor] === undefined || (storedBits[tensor] ?? wordBits[tensor]) > compression.wordBits;
      const count = layers.filter(isDense).length;
      return count === 0 ? [] : [`${tensor} of ${count}`];
    });
    const why = `of ${layers.length} layers, which state no zeros or have words that the code has no room for`;
    return [`not compressed: ${['Weights', ...dense].join(', ')}${dense.length === 0 ? '' : ` ${why}`} (${name})`];
  });
}

/** What does not move over a link that is stated. */
function overLink({ pjPerBit }: HostLink, networks: readonly NamedNetwork[]): string[] {
  const parts = networks.filter(isPart).map(nameOf);
  const unknown = networks.filter((network) => network.graph === undefined).map(nameOf);
  return [
    'overlap of the link: what moves over it does so before or after the layers, never meanwhile',
    ...(pjPerBit === 0 ? ['energy of the link: bits cost nothing on their way, none is stated'] : []),
    ...ofPlaces('link: nothing moves over it of a part of a network', parts),
    ...ofPlaces('link: inputs and outputs are not known where only layers are', unknown),
  ];
}

function leakage(levels: readonly StorageLevel[]): string[] {
  const leftOut = (why: StorageLevel['leakageLeftOut']) =>
    levels.filter(({ leakageLeftOut }) => leakageLeftOut === why).map(nameOf);
  return [
    ...ofPlaces('leakage: switched off by countLeakage', leftOut('off')),
    ...ofPlaces('leakage: not known', leftOut('unknown')),
  ];
}

function ofPlaces(sentence: string, places: readonly string[]): string[] {
  return places.length === 0 ? [] : [`${sentence} (${places.join(', ')})`];
}

/** The level, if it leaves out any of the tensors that it can keep; with their names if not all. */
function tensorsAt(
  level: StorageLevel,
  tensors: readonly TensorName[],
  statedOf: (level: StorageLevel) => readonly TensorName[] | null,
): string[] {
  const stated = statedOf(level);
  const possible = tensors.filter((tensor) => canKeep(level, tensor));
  const left = stated === null ? [] : possible.filter((tensor) => !stated.includes(tensor));
  if (left.length === 0) return [];
  return [left.length === possible.length ? level.name : `${level.name} ${left.join(' and ')}`];
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
