import type { Accelerator } from '../../../accelerator/accelerator.ts';
import { bottleneckOf } from '../../../cost/analysis/breakdown.ts';
import { notModelled } from '../../../cost/analysis/not-modelled.ts';
import { evaluateMapping } from '../../../cost/evaluate.ts';
import type { Infeasible } from '../../../cost/evaluation.ts';
import { DOCUMENT_LIMITS } from '../../../formats/document/limits.ts';
import { parseRtlRows, type RtlRow, type RtlTable, runKey } from '../../../formats/rtl-rows.ts';
import { type SourcePlace, TrifoldError } from '../../../util/errors.ts';
import type { LayerShape } from '../../../workload/network.ts';
import { problemKey } from '../../../workload/problem.ts';
import { loadAccelerator, presetNames, readText } from '../../presets/load.ts';
import { type Agreement, agreementOf, type GroupAgreement, groupAgreement } from '../agreement.ts';
import { withoutOverheads } from '../without-overheads.ts';
import { leavesSums, rowMapping, withoutSpills } from './rtl-tiles.ts';

/** A row that is compared. */
export interface RtlFigure {
  readonly id: string;
  readonly mesh: number;
  /** The layer's bounds, K C P Q R S. */
  readonly layer: string;
  readonly measuredCycles: number;
  readonly modelCycles: number;
  /** Of the same accelerator without launches, refetches, requests, array fills and so on, in the recorded order of loops. */
  readonly plainCycles: number;
  /** What the model's cycles are bound by. */
  readonly boundBy: string;
}

/** A row that is not compared, and why. */
export interface RtlLeftOut {
  readonly id: string;
  readonly reason: string;
}

/** How a model agrees with all rows, and with the mappings of each layer on each array. */
export interface RtlAgreement {
  readonly all: Agreement;
  readonly withinLayer: GroupAgreement;
}

/** Result of {@link validateRtl}. */
export interface RtlValidation {
  readonly source: string;
  /** Rows in the file. */
  readonly rows: number;
  /** Rows that say again what another says; they count once. */
  readonly duplicates: number;
  /** Rows that the file marks as ones that nothing explains. */
  readonly anomalous: number;
  /** Rows whose mapping the accelerator cannot run. */
  readonly illegal: readonly RtlLeftOut[];
  /** Rows compared whose mapping a row before them measures too, with other cycles; each counts. */
  readonly measuredAgain: number;
  /** Rows compared with more iterations in some loop than the layer has positions for; those are left out. */
  readonly clipped: number;
  /** Rows compared whose recorded order of loops would fetch partial sums back; sums are finished first, as the hardware does. */
  readonly reordered: number;
  /** Rows compared whose tiles do not divide the layer: their words are those that are used, of the others bounding boxes. */
  readonly ragged: number;
  readonly accelerators: readonly string[];
  readonly model: RtlAgreement;
  /** Without what real hardware adds. */
  readonly plain: RtlAgreement;
  /** Most rows first. */
  readonly boundBy: readonly { readonly name: string; readonly rows: number }[];
  /** Every row that is compared, in the order of the file. */
  readonly figures: readonly RtlFigure[];
  readonly notModelled: readonly string[];
}

/** Rows of one layer on one array from which a rank within them is told. */
export const LEAST_GROUP = 4;

/** Presets of arrays that rows can run on. */
const PRESET = /^gemmini-(\d+)$/;
const WORD_BITS = { Weights: 8, Inputs: 8, Outputs: 32 } as const;

/**
 * Compares modelled with measured cycles of layers that ran on RTL, each with the mapping that it ran with.
 * @throws TrifoldError as {@link parseRtlRows}, and `value` where no row can be compared
 */
export function validateRtl(file: string): RtlValidation {
  const meshes = presetNames('accelerators').flatMap((name) => {
    const match = PRESET.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
  meshes.sort((a, b) => a - b);
  const table = parseRtlRows(readText(file, DOCUMENT_LIMITS.jsonBytes), file, meshes);
  const used = [...new Set(table.rows.map(({ mesh }) => mesh))].sort((a, b) => a - b);
  const arrays = new Map(used.map((mesh) => [mesh, arrayOf(`gemmini-${mesh}`)]));
  const compared = compareRows(table, arrays);
  if (compared.figures.length === 0) throw nothingCompared(compared, table.place);
  return { source: table.source, ...compared };
}

/** Rows whose reasons are told where none can be compared. */
const SHOWN_REASONS = 5;

function nothingCompared({ anomalous, illegal }: Omit<RtlValidation, 'source'>, place: SourcePlace): TrifoldError {
  const message = `no row can be compared: ${anomalous} are marked anomalous, ${illegal.length} have a mapping that the accelerator cannot run`;
  return new TrifoldError('value', message, {
    place,
    keyPath: 'rows',
    lines: illegal.slice(0, SHOWN_REASONS).map(({ id, reason }) => `  ${id}: ${reason}`),
    hint: 'at least one row must be unmarked (anomaly 0) and fit its array',
  });
}

/** An array with and without what real hardware adds. */
interface RtlArray {
  readonly accelerator: Accelerator;
  readonly plain: Accelerator;
}

function arrayOf(preset: string): RtlArray {
  const accelerator = loadAccelerator(preset);
  return { accelerator, plain: withoutOverheads(accelerator) };
}

function compareRows(
  { rows, duplicates }: RtlTable,
  arrays: ReadonlyMap<number, RtlArray>,
): Omit<RtlValidation, 'source'> {
  const illegal: RtlLeftOut[] = [];
  const figures: RtlFigure[] = [];
  const groups = new Map<string, RtlFigure[]>();
  const runs = new Set<string>();
  let clipped = 0;
  let reordered = 0;
  let ragged = 0;
  const normal = rows.filter(({ isAnomalous }) => !isAnomalous);
  for (const row of normal) {
    const compared = compareRow(row, arrays.get(row.mesh)!);
    if ('reason' in compared) {
      illegal.push(compared);
      continue;
    }
    figures.push(compared.figure);
    runs.add(runKey(row));
    if (compared.isClipped) clipped++;
    if (compared.isReordered) reordered++;
    if (compared.isRagged) ragged++;
    const key = `${row.mesh}:${problemKey(row.problem)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [compared.figure]);
    else group.push(compared.figure);
  }
  const agreement = (cycles: 'modelCycles' | 'plainCycles'): RtlAgreement => {
    const pairs = (list: readonly RtlFigure[]) =>
      list.map((figure) => ({ measured: figure.measuredCycles, model: figure[cycles] }));
    return {
      all: agreementOf(pairs(figures)),
      withinLayer: groupAgreement([...groups.values()].map(pairs), LEAST_GROUP),
    };
  };
  const used = [...arrays.values()].map(({ accelerator }) => accelerator);
  return {
    rows: rows.length + duplicates,
    duplicates,
    anomalous: rows.length - normal.length,
    illegal,
    measuredAgain: figures.length - runs.size,
    clipped,
    reordered,
    ragged,
    accelerators: used.map(({ name }) => name),
    model: agreement('modelCycles'),
    plain: agreement('plainCycles'),
    boundBy: countsOf(figures.map(({ boundBy }) => boundBy)),
    figures,
    notModelled: [...new Set(used.flatMap((accelerator) => notModelled(accelerator, [])))],
  };
}

interface ComparedRow {
  readonly figure: RtlFigure;
  readonly isClipped: boolean;
  readonly isRagged: boolean;
  readonly isReordered: boolean;
}

function compareRow(row: RtlRow, { accelerator, plain }: RtlArray): ComparedRow | RtlLeftOut {
  const { id, mesh, problem, cycles } = row;
  const layer: LayerShape = { problem, wordBits: WORD_BITS };
  const { mapping, isClipped, isRagged } = rowMapping(row, accelerator);
  const options = { temporalReuse: 'exact' } as const;
  const score = (on: Accelerator, how: typeof mapping) => evaluateMapping(layer, on, how, options);
  const isReordered = leavesSums(mapping) && accelerator.levels.some(({ spill }) => spill === 'never');
  const ran = score(accelerator, isReordered ? withoutSpills(mapping) : mapping);
  const without = score(plain, mapping);
  if (!ran.feasible) return leftOut(id, ran);
  if (!without.feasible) return leftOut(id, without);
  const figure: RtlFigure = {
    id,
    mesh,
    layer: problem.name,
    measuredCycles: cycles,
    modelCycles: ran.cycles,
    plainCycles: without.cycles,
    boundBy: bottleneckOf(layer, accelerator, ran).name,
  };
  return { figure, isClipped, isRagged, isReordered };
}

function leftOut(id: string, { violations }: Infeasible): RtlLeftOut {
  return { id, reason: violations.map(({ message }) => message).join('; ') };
}

/** How often each name occurs, the most frequent first. */
function countsOf(names: readonly string[]): { name: string; rows: number }[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, rows]) => ({ name, rows }))
    .sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1));
}
