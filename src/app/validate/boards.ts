import type { Accelerator } from '../../accelerator/accelerator.ts';
import { vectorCost } from '../../cost/vector-cost.ts';
import { type BoardTable, parseBoardTable } from '../../formats/board-table.ts';
import { DOCUMENT_LIMITS } from '../../formats/document/limits.ts';
import { exactSettings } from '../../search/mapping/map-layer.ts';
import { rankCorrelation } from '../../search/network/rank-correlation.ts';
import { accelNasBench } from '../../search/network/spaces/accel-nasbench.ts';
import type { Genotype } from '../../search/network/spaces/genes.ts';
import type { Network } from '../../workload/network.ts';
import { namedGoal } from '../layers/goal.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import { workError, workPerShape } from '../layers/layer-work.ts';
import { loadAccelerator, readText } from '../presets/load.ts';
import type { Pair } from './agreement.ts';
import { type NetworkSums, networkSums } from './network-sums.ts';

/** A board that was measured. */
interface Board {
  readonly title: string;
  /** Preset that stands for it. */
  readonly preset: string;
  readonly column: string;
  /** What the column holds: the larger a throughput, the shorter the time. */
  readonly figure: 'latency' | 'throughput';
  /** Inputs that run together. */
  readonly batch: number;
  /** Bits of weights and activations. */
  readonly wordBits: number;
  /** Whether its compiler fuses element-wise operators of several operands. */
  readonly joinsOperands: boolean;
}

const BOARDS: readonly Board[] = [
  {
    ...{ title: 'ZCU102', preset: 'dpu-zcu102', column: 'lat_zcu102_ms', figure: 'latency' },
    ...{ batch: 1, wordBits: 8, joinsOperands: false },
  },
  {
    ...{ title: 'VCK190', preset: 'dpu-vck190', column: 'lat_vck190_ms', figure: 'latency' },
    ...{ batch: 6, wordBits: 8, joinsOperands: false },
  },
  {
    ...{ title: 'TPUv2', preset: 'tpu-v2', column: 'thr_tpuv2', figure: 'throughput' },
    ...{ batch: 128, wordBits: 32, joinsOperands: true },
  },
  {
    ...{ title: 'TPUv3', preset: 'tpu-v3', column: 'thr_tpuv3', figure: 'throughput' },
    ...{ batch: 128, wordBits: 32, joinsOperands: true },
  },
];

/** Spearman's rank correlation of modelled and measured times. */
export interface BoardRanks {
  /** Networks measured. */
  readonly networks: number;
  /** From the layers alone; null where either figure never varies. */
  readonly layers: number | null;
  /** With the vector operators. */
  readonly all: number | null;
}

/** One board beside the model. */
export interface BoardComparison {
  readonly board: string;
  readonly accelerator: string;
  readonly column: string;
  readonly batch: number;
  readonly everyNetwork: BoardRanks;
  readonly withoutSqueezeExcite: BoardRanks;
  /** Modelled over measured time of one input, median over the networks; null where nothing was measured. */
  readonly medianRatio: number | null;
  /** Distinct layers, and how many of them have the proven best mapping. */
  readonly layers: number;
  readonly proven: number;
  /** Milliseconds of one input of every network that was measured, with the vector operators. */
  readonly milliseconds: readonly Pair[];
}

/** Result of {@link validateBoards}. */
export interface BoardValidation {
  readonly networks: number;
  readonly source: string;
  readonly boards: readonly BoardComparison[];
  readonly notes: readonly string[];
}

const NOTES: readonly string[] = [
  'layers: every layer with its mapping of least latency, one after the other; + vector: what pooling, scaling and additions take on the vector unit of the preset besides',
  'no figure is fitted: presets hold published ones and name what they assume (trifold show dpu-zcu102), but where documents leave a choice it was made with these ranks in sight (docs/results.md); times are of the accelerator alone, without host and launch',
  'DPU: that element-wise operators take one word per pixel and cycle is an assumption; 16 channels at once would leave squeeze-excite too cheap',
  'TPU: its compiler fuses additions and scalings into a neighbouring layer, so that only their other operand moves; fast networks wait for the host that feeds them (TPUv3 above all), which no model of the chip ranks',
];

/** Partial mappings per layer, with perfect and with imperfect factors. */
const NODES = 300_000;

/**
 * Ranks all networks of an Accel-NASBench table by modelled and by measured time. Their layers and vector operators are few: each is priced once per
 * board, and networks are sums.
 * @throws TrifoldError as {@link parseBoardTable}; `infeasible` when a layer has no mapping
 */
export async function validateBoards(
  file: string,
  pool: LayerPool,
  onBoard: (comparison: BoardComparison) => void = () => {},
): Promise<BoardValidation> {
  const columns = BOARDS.map(({ column }) => column);
  const table = parseBoardTable(readText(file, DOCUMENT_LIMITS.jsonBytes), file, columns);
  const genotypes = table.networks.map(({ genes }) => accelNasBench.parse(genes));
  const sums = networkSums(genotypes, (genotype) => build(genotype, BOARDS[0]!));
  const boards: BoardComparison[] = [];
  for (const board of BOARDS) {
    const comparison = await compareBoard(board, table, genotypes, sums, pool);
    boards.push(comparison);
    onBoard(comparison);
  }
  return { networks: genotypes.length, source: table.source, boards, notes: NOTES };
}

function build(genotype: Genotype, { batch, wordBits }: Board): Network {
  return accelNasBench.build(genotype, {
    batch,
    wordBits: { Weights: wordBits, Inputs: wordBits, Outputs: 32 },
  });
}

async function compareBoard(
  board: Board,
  { networks }: BoardTable,
  genotypes: readonly Genotype[],
  sums: NetworkSums,
  pool: LayerPool,
): Promise<BoardComparison> {
  const accelerator = loadAccelerator(board.preset);
  const parts = sums.rebuild((network) => build(genotypes[network]!, board), board.joinsOperands);
  const { cycles, proven } = await layerCycles(parts.layers, accelerator, pool);
  const vectorCycles = parts.vector.map((demand) => vectorCost([{ ...demand, repeat: 1 }], accelerator).cycles);
  const milliseconds = (total: number) => (total / accelerator.clockHz / board.batch) * 1000;
  const layersMs = sums.layerTotals(cycles).map(milliseconds);
  const allMs = sums.vectorTotals(vectorCycles).map((total, n) => milliseconds(total) + layersMs[n]!);
  const measuredMs = networks.map(({ figures }) => {
    const figure = figures[board.column]!;
    if (figure === null) return null;
    return board.figure === 'latency' ? figure : 1000 / figure;
  });
  const measured = measuredMs.flatMap((ms, n) => (ms === null ? [] : [n]));
  const pairs = measured.map((n) => ({ measured: inputMs(measuredMs[n]!, board), model: allMs[n]! }));
  const ranksOf = (places: readonly number[]): BoardRanks => {
    const of = (figures: ArrayLike<number>) => {
      const { spearmanRho } = rankCorrelation(
        places.map((n) => measuredMs[n]!),
        places.map((n) => figures[n]!),
      );
      return Number.isFinite(spearmanRho) ? spearmanRho : null;
    };
    return { networks: places.length, layers: of(layersMs), all: of(allMs) };
  };
  return {
    board: board.title,
    accelerator: accelerator.name,
    column: board.column,
    batch: board.batch,
    everyNetwork: ranksOf(measured),
    withoutSqueezeExcite: ranksOf(measured.filter((n) => !networks[n]!.genes.se.includes(1))),
    medianRatio: median(pairs.map((pair) => pair.model / pair.measured)),
    layers: parts.layers.length,
    proven,
    milliseconds: pairs,
  };
}

/** Plain JSON of the comparison with boards, without the figures of every network. */
export function boardsJson({ boards, ...validation }: BoardValidation): object {
  return { ...validation, boards: boards.map(({ milliseconds: _, ...board }) => board) };
}

/** Measured time of one input: a latency is that of a batch, a throughput counts single inputs. */
function inputMs(milliseconds: number, { figure, batch }: Board): number {
  return figure === 'latency' ? milliseconds / batch : milliseconds;
}

async function layerCycles(layers: Network['layers'], accelerator: Accelerator, pool: LayerPool) {
  const settings = exactSettings({ factors: 'imperfect', nodeLimit: NODES, imperfectNodes: NODES });
  const work = workPerShape(layers, { accelerator, goal: namedGoal('latency'), settings });
  const cycles = new Float64Array(layers.length);
  let proven = 0;
  await pool.map(work, (result, index) => {
    if (result.kind === 'failed') throw workError(result);
    const [{ evaluation, proof }] = result.layers as [(typeof result.layers)[number]];
    cycles[index] = evaluation.cycles;
    if (proof.optimal) proven++;
  });
  return { cycles, proven };
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
