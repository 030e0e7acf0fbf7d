import type { Retention } from '../../schedule/retention.ts';
import { residentBits, storageLives } from '../../schedule/storage-lives.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';

/** The storages of a range of operators whose homes may be chosen. */
export interface Border {
  /** Made before the range, read or added to in it. */
  readonly entering: readonly number[];
  /** First made in the range, read after it. */
  readonly leaving: readonly number[];
  /** Made and read in the range alone. */
  readonly inside: readonly number[];
}

/** Homes of the storages that live across a cut between two operators. */
export interface State {
  /** Operators before it. */
  readonly cut: number;
  /** The storages of {@link Cuts.live} that are retained, as bits. */
  readonly mask: number;
}

/** Storages that may be retained across one cut at most: states are their subsets. */
const MOST_LIVE = 12;

/** What lives between the operators of a sequence, and the states that homes of it make. */
export class Cuts {
  /** By cut: storages that live across it and that may be retained, ascending. */
  readonly live: readonly (readonly number[])[];
  /** In the order of their cuts. */
  readonly states: readonly State[];
  /** Storages that always stay outermost, though they could be retained, as too many live at once. */
  readonly left: ReadonlySet<number>;
  readonly #sequence: Sequence;
  readonly #retention: Retention;
  readonly #numbers: readonly ReadonlyMap<number, number>[];

  constructor(sequence: Sequence, retention: Retention) {
    this.#sequence = sequence;
    this.#retention = retention;
    const lives = storageLives(sequence);
    const { operators, storages } = sequence;
    const capacity = retention.capacityBits ?? Number.POSITIVE_INFINITY;
    const from = lives.map(({ parts }) => Math.min(...parts.map((part) => part.from)));
    const isFree = storages.map(
      ({ role }, s) => role === 'inner' && from[s]! >= 0 && this.#bits(s, from[s]!, operators.length) <= capacity,
    );
    const livesAt = (s: number, cut: number) => isFree[s]! && from[s]! < cut && lives[s]!.until >= cut;
    const left = new Set<number>();
    for (let cut = 0; cut <= operators.length; cut++) {
      const live = storages.flatMap((_, s) => (livesAt(s, cut) ? [s] : []));
      // Those that live longest are the dearest to keep.
      live.sort((a, b) => lives[b]!.until - from[b]! - (lives[a]!.until - from[a]!) || a - b);
      for (const s of live.slice(0, Math.max(0, live.length - MOST_LIVE))) {
        left.add(s);
        isFree[s] = false;
      }
    }
    this.left = left;
    this.live = Array.from({ length: operators.length + 1 }, (_, cut) =>
      storages.flatMap((_, s) => (livesAt(s, cut) ? [s] : [])),
    );
    const states: State[] = [];
    this.#numbers = this.live.map((live, cut) => {
      const own = new Map<number, number>();
      for (let mask = 0; mask < 1 << live.length; mask++) {
        const bits = live.reduce((sum, s, i) => sum + ((mask >> i) & 1) * this.#bits(s, cut - 1, cut), 0);
        if (bits <= capacity) own.set(mask, states.push({ cut, mask }) - 1);
      }
      return own;
    });
    this.states = states;
  }

  /** Number of a state; undefined where its storages do not fit together. */
  numberOf(cut: number, mask: number): number | undefined {
    return this.#numbers[cut]!.get(mask);
  }

  /** States of a cut. */
  statesAt(cut: number): readonly number[] {
    return [...this.#numbers[cut]!.values()];
  }

  /** Whether a storage may be retained at all. */
  canRetain(storage: number): boolean {
    return this.live.some((live) => live.includes(storage));
  }

  /** The storages of a range of operators whose homes may be chosen. */
  borderOf(first: number, end: number): Border {
    const { tensors, operators } = this.#sequence;
    const touched = new Set<number>();
    for (let i = first; i < end; i++) {
      const { inputs, output } = operators[i]!;
      for (const tensor of [...inputs, output]) touched.add(tensors[tensor]!.storage);
    }
    const before = this.live[first]!;
    const after = this.live[end]!;
    const all = [...touched].sort((a, b) => a - b);
    return {
      entering: all.filter((s) => before.includes(s)),
      leaving: all.filter((s) => !before.includes(s) && after.includes(s)),
      inside: all.filter((s) => this.#isInside(s, first, end)),
    };
  }

  /** Whether what enters a range is retained in a state just as it is in the range. */
  agrees({ cut, mask }: State, { entering }: Border, retained: ReadonlySet<number>): boolean {
    const live = this.live[cut]!;
    return entering.every((s) => retained.has(s) === (((mask >> live.indexOf(s)) & 1) !== 0));
  }

  /** Bits of the retained storages of a state that a range of operators does not touch. */
  passingBits(state: State, { entering }: Border, first: number, end: number): number {
    let bits = 0;
    this.live[state.cut]!.forEach((s, i) => {
      if (((state.mask >> i) & 1) !== 0 && !entering.includes(s)) bits += this.#bits(s, first, end);
    });
    return bits;
  }

  /** The state behind a range: homes of what passes by and of `entering` stay, those of `leaving` are given. */
  after(state: State, { leaving }: Border, end: number, retained: (storage: number) => boolean): number | undefined {
    const before = this.live[state.cut]!;
    let mask = 0;
    this.live[end]!.forEach((s, i) => {
      const place = before.indexOf(s);
      const isRetained = place >= 0 ? ((state.mask >> place) & 1) !== 0 : leaving.includes(s) && retained(s);
      if (isRetained) mask |= 1 << i;
    });
    return this.numberOf(end, mask);
  }

  #isInside(s: number, first: number, end: number): boolean {
    const { parts, until } = storageLives(this.#sequence)[s]!;
    return this.#sequence.storages[s]!.role === 'inner' && until < end && parts.every((part) => part.from >= first);
  }

  #bits(s: number, first: number, end: number): number {
    return residentBits(this.#sequence, this.#retention, s, { first, end });
  }
}
