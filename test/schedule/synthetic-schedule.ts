import type { Home } from '../../src/schedule/schedule.ts';
import type {
  OccupancyPart,
  OccupancyRow,
  OperatorSummary,
  ScheduleSummary,
  StorageSummary,
} from '../../src/schedule/summary.ts';
import { Random } from '../../src/util/random.ts';

/** What a made-up schedule is like. */
export interface SyntheticSchedule {
  /** At least 1; a few more come where a branch must end. */
  readonly operators?: number;
  readonly seed?: number;
  readonly mode?: ScheduleSummary['mode'];
  readonly isUnlimited?: boolean;
  /** Put into every name. */
  readonly hostile?: string;
}

type Segment = ScheduleSummary['segments'][number];

interface Draft {
  readonly name: string;
  readonly kind: OperatorSummary['kind'];
  readonly inputs: readonly number[];
  readonly output: number;
}

type Growing<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** The schedule of a network that never was, whose figures agree with one another. The same options give the same one. */
export function syntheticSchedule(given: SyntheticSchedule = {}): ScheduleSummary {
  const { operators: count = 24, seed = 1, mode = 'fuse', isUnlimited = false, hostile = '' } = given;
  const random = Random.fromSeed(seed);
  const drafts = networkOf(count, random, hostile);
  const segments = segmentsOf(drafts.length, mode, random);
  const segmentAt = segments.flatMap(({ first, end }, index) => Array<number>(end - first).fill(index));
  const storages = storagesOf(drafts, segmentAt, segments, random, hostile);
  const weights = drafts.map(({ kind }, i): OperatorSummary['weights'] => {
    if (kind !== 'mac') return 'none';
    const fate = random.nextUnit();
    if (fate < 0.2) return 'pinned';
    return fate < 0.6 && segments[segmentAt[i]!]!.loops.length > 0 ? 'held' : 'streamed';
  });
  for (const { held, first, end } of segments)
    for (let i = first; i < end; i++) if (weights[i] === 'held') held.push(drafts[i]!.name);
  const { rows, pinnedBits } = occupancyOf(drafts, segments, segmentAt, storages, weights, random);
  const totals = rows.map(({ parts }) => parts.reduce((sum, { bits }) => sum + bits, 0));
  const peakAt = totals.indexOf(Math.max(...totals));
  const operators = drafts.map((draft, i): OperatorSummary => {
    const own = rows.filter(({ operator }) => operator === i);
    const tileBits = Math.max(
      0,
      ...own.flatMap(({ parts }) => parts.filter(({ what }) => what === 'mapping').map(({ bits }) => bits)),
    );
    const cycles = own.reduce((sum, row) => sum + row.cycles, 0);
    return {
      ...draft,
      segment: segmentAt[i]!,
      weights: weights[i]!,
      steps:
        draft.kind === 'view'
          ? 0
          : segments[segmentAt[i]!]!.loops.reduce((product, { iterations }) => product * iterations, 1),
      energyPj: cycles * (20 + 30 * random.nextUnit()),
      cycles,
      dramWords: draft.kind === 'view' ? 0 : 1000 + random.nextInt(5e5),
      roomBits: isUnlimited || draft.kind === 'view' ? null : tileBits + random.nextInt(1e5),
      tileBits,
    };
  });
  const spent = operators.reduce((sum, { dramWords }) => sum + dramWords, 0);
  const saved = storages.reduce((sum, { savedDramWords }) => sum + savedDramWords, 0);
  const peakBits = totals[peakAt]!;
  return {
    mode,
    levelName: `GlobalBuffer${hostile}`,
    capacityBits: isUnlimited ? null : Math.ceil(peakBits * (1 + random.nextUnit() ** 3 * 4)),
    storages,
    operators,
    segments,
    occupancy: rows,
    dramWords: { spent, compulsory: Math.round(spent * (0.4 + 0.6 * random.nextUnit())), layerByLayer: spent + saved },
    peak: { bits: peakBits, operator: rows[peakAt]!.operator },
    pinnedBits,
    oneOffLoadWords: pinnedBits / 8,
  };
}

/** Chains with residual additions, concatenations of branches and products of activations. */
function networkOf(count: number, random: Random, hostile: string): Draft[] {
  const drafts: Draft[] = [];
  let storages = 1;
  let current = 0;
  const add = (kind: Draft['kind'], what: string, inputs: readonly number[], output = storages++) => {
    drafts.push({ name: `stage${drafts.length >> 3}.${what}${drafts.length}${hostile}`, kind, inputs, output });
    return output;
  };
  while (drafts.length < count) {
    const fate = random.nextUnit();
    const left = count - drafts.length;
    if (fate < 0.35 && left >= 4) {
      const skip = current;
      for (let i = 1 + random.nextInt(3); i > 0; i--) current = add('mac', 'conv', [current]);
      current = add('vector', 'add', [current, skip]);
    } else if (fate < 0.45 && left >= 4) {
      const whole = storages++;
      add('mac', 'branch', [current], whole);
      add('mac', 'branch', [add('mac', 'reduce', [current])], whole);
      current = add('view', 'concat', [whole, whole], whole);
    } else if (fate < 0.55 && left >= 4) {
      const keys = add('mac', 'keys', [current]);
      const scores = add('mac', 'scores', [add('mac', 'query', [current]), keys]);
      current = add('vector', 'softmax', [scores]);
    } else current = add(fate < 0.7 ? 'vector' : 'mac', fate < 0.7 ? 'pool' : 'conv', [current]);
  }
  return drafts;
}

function segmentsOf(count: number, mode: ScheduleSummary['mode'], random: Random) {
  const segments: (Growing<Segment> & { held: string[] })[] = [];
  for (let first = 0; first < count; ) {
    const length = mode === 'retain' || random.nextUnit() < 0.5 ? 1 : Math.min(count - first, 2 + random.nextInt(4));
    const rows = { axis: 'p', tile: 1 + random.nextInt(4), iterations: 2 + random.nextInt(28) } as const;
    const batch = { axis: 'n', tile: 1, iterations: 2 + random.nextInt(7) } as const;
    const loops = length === 1 ? [] : random.nextUnit() < 0.3 ? [batch, rows] : [rows];
    const halo = random.nextUnit() < 0.7 ? 'cached' : 'recomputed';
    segments.push({ first, end: first + length, loops, halo, held: [] });
    first += length;
  }
  return segments;
}

function storagesOf(
  drafts: readonly Draft[],
  segmentAt: readonly number[],
  segments: readonly Segment[],
  random: Random,
  hostile: string,
): StorageSummary[] {
  const last = drafts.at(-1)!.output;
  const count = 1 + Math.max(...drafts.map(({ output }) => output));
  return Array.from({ length: count }, (_, index) => {
    const users = drafts.flatMap(({ inputs }, i) => (inputs.includes(index) ? [i] : []));
    const writers = drafts.flatMap(({ output }, i) => (output === index ? [i] : []));
    const places = new Set([...users, ...writers].map((i) => segmentAt[i]!));
    const isInside = places.size === 1 && segments[[...places][0]!]!.loops.length > 0;
    const fate = random.nextUnit();
    const home: Home =
      index === 0 || index === last
        ? 'outermost'
        : isInside && fate < 0.8
          ? 'fused'
          : fate < 0.6
            ? 'retained'
            : 'outermost';
    const words = Math.ceil(10 ** (3 + 3 * random.nextUnit()));
    return {
      name: `t${index}${hostile}`,
      words,
      bits: words * 8,
      home,
      producer: writers[0] ?? null,
      users,
      savedDramWords: home === 'outermost' ? 0 : words * (1 + users.length),
    };
  });
}

function occupancyOf(
  drafts: readonly Draft[],
  segments: readonly Segment[],
  segmentAt: readonly number[],
  storages: readonly StorageSummary[],
  weights: readonly OperatorSummary['weights'][],
  random: Random,
) {
  const bitsOf = drafts.map(() => 8 * (500 + random.nextInt(2e5)));
  const partOf = (what: 'pinned' | 'held', i: number): OccupancyPart => ({
    what,
    name: drafts[i]!.name,
    bits: bitsOf[i]!,
  });
  const pinned = drafts.flatMap((_, i) => (weights[i] === 'pinned' ? [partOf('pinned', i)] : []));
  const rows: OccupancyRow[] = [];
  drafts.forEach(({ kind }, operator) => {
    if (kind === 'view') return;
    const segment = segmentAt[operator]!;
    const { first, end, loops } = segments[segment]!;
    const held = drafts.flatMap((_, i) => (i >= first && i < end && weights[i] === 'held' ? [partOf('held', i)] : []));
    for (let step = loops.length === 0 ? 1 : 1 + random.nextInt(3); step > 0; step--) {
      const alive = storages.flatMap(({ name, bits, home, producer, users }): OccupancyPart[] => {
        const [from, to] = [producer ?? 0, users.at(-1) ?? drafts.length - 1];
        if (home === 'retained' && segmentAt[from]! <= segment && segment <= segmentAt[to]!)
          return [{ what: 'storage', name, bits }];
        if (home === 'fused' && from <= operator && operator <= to)
          return [{ what: 'tile', name, bits: Math.ceil(bits / 8) }];
        return [];
      });
      const mapping: OccupancyPart = { what: 'mapping', name: 'tiles of the mapping', bits: 8 * random.nextInt(1e5) };
      rows.push({ operator, cycles: 1 + random.nextInt(1e5), parts: [...pinned, ...alive, ...held, mapping] });
    }
  });
  return { rows, pinnedBits: pinned.reduce((sum, { bits }) => sum + bits, 0) };
}
