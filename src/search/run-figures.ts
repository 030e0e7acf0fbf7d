import { geometricMean } from '../util/geometric-mean.ts';
import { type EnergyAndCycles, networkTotals, repeatedSum } from '../util/network-totals.ts';
import { TENSORS } from '../util/vocabulary.ts';
import { addToFront, designFigures } from './pareto-front.ts';
import type { FrontPoint, GenerationEvent, NetworkFigures, SearchCounters, TrialRecord } from './ports.ts';
import type { BaselineEvent, LayerSummary, NetworkSchedule } from './run-events.ts';
import type { RunState } from './run-state.ts';

/** Geometric means over some networks (at least one): energy in pJ, cycles, EDP in pJ * cycles. */
export function meanFigures(networks: readonly NetworkFigures[]): Omit<NetworkFigures, 'network'> {
  const mean = (of: 'energyPj' | 'cycles' | 'edpPjCycles') => geometricMean(networks.map((network) => network[of]));
  return { energyPj: mean('energyPj'), cycles: mean('cycles'), edpPjCycles: mean('edpPjCycles') };
}

/** Names of the networks that some layers belong to, in order. */
export function networksOf(layers: readonly LayerSummary[]): readonly string[] {
  return [...new Set(layers.map(({ network }) => network))];
}

/** Energy in pJ, cycles and MACs of some layers one after the other, repeats included. */
export function layerTotals(layers: readonly LayerSummary[]): EnergyAndCycles & { readonly macs: number } {
  return { ...networkTotals(layers, layers), macs: repeatedSum(layers, ({ macs }) => macs) };
}

/** How many of some layers have a mapping that is proven optimal. */
export function provenLayers(rows: readonly LayerSummary[]): { readonly proven: number; readonly count: number } {
  const layers = rows.filter(({ isVector }) => isVector !== true);
  return { proven: layers.filter(({ optimal }) => optimal).length, count: layers.length };
}

/** What the rows of layers of a run are: kinds of steps once it has schedules. */
export function rowsName(run: Pick<RunState, 'finished'>): 'layers' | 'steps' {
  return schedulesOf(run).length > 0 ? 'steps' : 'layers';
}

/** By what the energy of a layer is split: MACs and storage levels, or tensors (without the MACs). */
export type EnergySplit = 'level' | 'tensor';

/** Energy of one repeat of a layer by its parts. */
export function energyParts(layer: LayerSummary, split: EnergySplit): LayerSummary['energyByLevelPj'] {
  return split === 'level'
    ? layer.energyByLevelPj
    : TENSORS.map((name) => ({ name, energyPj: layer.energyByTensorPj[name] }));
}

/** Energy of some layers by their parts, repeats included; parts in the order of the first layer that has them. */
export function energyTotals(layers: readonly LayerSummary[], split: EnergySplit): LayerSummary['energyByLevelPj'] {
  const totals = new Map<string, number>();
  for (const layer of layers)
    for (const { name, energyPj } of energyParts(layer, split))
      totals.set(name, (totals.get(name) ?? 0) + layer.repeat * energyPj);
  return [...totals].map(([name, energyPj]) => ({ name, energyPj }));
}

/** Accelerators that a search has evaluated: scored, stopped early or unmappable. */
export function evaluatedCount({ scored, stopped, unmappable }: SearchCounters): number {
  return scored + stopped + unmappable;
}

/** Figures of the run's result by network: as mapped in the end, else of the best design so far, else of the layers mapped so far. */
export function resultFigures({ finished, best, layers }: RunState): readonly NetworkFigures[] {
  if (finished !== null && finished.networks.length > 0) return finished.networks;
  if (best !== null) return best.networks;
  const mapped = layers.map(({ layer }) => layer);
  return networksOf(mapped).map((network) => {
    const { energyPj, cycles } = layerTotals(mapped.filter((layer) => layer.network === network));
    return { network, energyPj, cycles, edpPjCycles: energyPj * cycles };
  });
}

/** What stays on chip between layers, by network; empty until the run ends, and where it has no schedules. */
export function schedulesOf({ finished }: Pick<RunState, 'finished'>): readonly NetworkSchedule[] {
  return finished?.schedules ?? [];
}

/** Figures of one network. A single one stands for any, whatever its name, where a co-search has put another network in its place. */
export function figuresOf(
  figures: readonly NetworkFigures[],
  network: string,
  isReplaced: boolean,
): NetworkFigures | null {
  return figures.find((one) => one.network === network) ?? (isReplaced && figures.length === 1 ? figures[0]! : null);
}

/** Geometric mean over the networks that both have of EDP before / EDP now; above 1 = better. Null where they share none. */
export function edpGain(before: readonly NetworkFigures[], now: readonly NetworkFigures[]): number | null {
  const ratios = now.flatMap(({ network, edpPjCycles }) => {
    const other = figuresOf(before, network, now.length === 1);
    return other === null ? [] : [other.edpPjCycles / edpPjCycles];
  });
  return ratios.length === 0 ? null : geometricMean(ratios);
}

/** {@link edpGain} of the run's result over one of its baselines, as the run itself states it in the end; null without that baseline or a result. */
export function gainOver(run: RunState, which: BaselineEvent['which']): number | null {
  // While the search goes on both sides are as the search maps them.
  const baseline = run.finished === null ? run.searched[which] : run[which];
  if (baseline === null) return null;
  return run.finished?.design?.improvement[which] ?? edpGain(baseline.networks, resultFigures(run));
}

/** A gain over a baseline with the kind of mappings that it compares. */
export interface HeadlineGain {
  readonly factor: number;
  /** As mapped in the end; every network as a whole, of the design `trial`; or layers that are best one by one, which is what the search adds up. */
  readonly kind: 'final' | 'whole' | 'layers';
  readonly trial: number | null;
}

/** The gain that views head with: of the kind that the end will state, where it is known. */
export function headlineGain(run: RunState, which: BaselineEvent['which']): HeadlineGain | null {
  const before = run.whole?.baselines[which] ?? null;
  const whole =
    run.finished === null && run.whole !== null && before !== null ? edpGain(before, run.whole.networks) : null;
  if (whole !== null) return { factor: whole, kind: 'whole', trial: run.whole!.trial };
  const factor = gainOver(run, which);
  if (factor === null) return null;
  return { factor, kind: run.finished === null ? 'layers' : 'final', trial: run.best?.trial ?? null };
}

/** A scored trial as a point of a front; null where it has no figures. */
export function frontPoint({ trial, networks, areaMm2, design }: TrialRecord): FrontPoint | null {
  if (networks === undefined || networks.length === 0) return null;
  const { energyPj, cycles } = meanFigures(networks);
  return { trial, energyPj, cycles, areaMm2, design };
}

/** Front of energy, cycles and area of some generations: trials that no other is as good as in all three, the first of equals. */
export function frontOf(generations: readonly GenerationEvent[]): readonly FrontPoint[] {
  return generations
    .flatMap(({ trials }) => trials.flatMap((record) => frontPoint(record) ?? []))
    .reduce<readonly FrontPoint[]>((front, point) => addToFront(front, point, designFigures), []);
}
