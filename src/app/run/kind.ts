import type { NetworkFigures } from '../../search/ports.ts';
import type { RunEvent } from '../../search/run-events.ts';
import type { StopFlag } from '../../util/stop-flag.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import type { EndReason } from './clock.ts';
import type { FinalTime } from './final-time.ts';
import type { RunLimits } from './limits.ts';
import type { StepTeller } from './steps.ts';

/** When a run ends in the midst of its work. */
export interface Ending {
  /** Aborted when the user wants the run to end: what is rejected with its reason ends the run as interrupted. */
  readonly signal: AbortSignal;
  /** Aborted then, and when the time of the search is over: work on candidates is rejected with its reason. */
  readonly searchSignal: AbortSignal;
  /** Raised when the time of the search is over: what only shows how far it is ends with what it has. */
  readonly searchStop: StopFlag;
  /** Looks at both now: for work on the calling thread, where no timer runs. */
  readonly poll: () => void;
}

/** The surroundings of a search while it runs. */
export interface RunSession<State> extends Ending, Pick<StepTeller, 'step' | 'advance'> {
  /** Where it begins: the state of its last checkpoint, or the initial one. */
  readonly state: State;
  readonly emit: (event: RunEvent) => void;
  /** Keeps what continuing needs; the state covers all events so far. */
  readonly checkpoint: (state: State) => void;
  /** Awaited before each piece of work. */
  readonly whenUnpaused: () => Promise<void>;
  /** Maps layers on the threads of the run. */
  readonly pool: LayerPool;
  readonly limits: RunLimits;
  /** Asked before every generation: why the search ends with what it has; null when it goes on. @param best figures of the best design so far */
  readonly endsNow: (trials: number, best: readonly NetworkFigures[] | undefined) => EndReason | null;
  /** For what follows the search. */
  readonly finalTime: FinalTime;
}

/** A file that a finished run leaves. */
export interface ResultFile {
  readonly name: string;
  readonly text: string;
}

/** A file that a finished run writes where the user says. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
  /** The file of the run folder with the same text. */
  readonly sameAs: string;
}

/** Something that continuing a run does outside of its folder: what its description alone says, so a foreign one may say anything. */
export interface RunDemand {
  readonly kind: 'command' | 'write' | 'read';
  /** A command line or a path. */
  readonly text: string;
}

/** A kind of run: a search as a state machine that emits events, how its folder is recognized, and what it leaves. */
export interface RunKind<Inputs extends RunInputs, State, Finished> {
  /** `kind` of its configuration. */
  readonly name: string;
  /** With its article, e.g. `a design run`. */
  readonly title: string;
  readonly initialState: State;
  /** Of a search in generations, by which its progress is told; null for others. */
  readonly generations: {
    /** Candidates of all generations. */
    readonly plannedCandidates: (inputs: Inputs) => number;
    /** Mappings that the processes before this one evaluated. */
    readonly mappingsBefore: (state: State) => number;
  } | null;
  /** Whether a value is a state of this kind. @throws TrifoldError `foreign` with the key of what is none */
  readonly isState: (value: unknown) => value is State;
  /** What of a state cannot be of a run with these inputs; null when there is nothing. */
  readonly stateFault?: (inputs: Inputs, state: State) => string | null;
  /** The inputs that a folder of this kind holds, of this version or an older one; null for another kind. @throws TrifoldError for those that cannot be */
  readonly readInputs: (configuration: unknown) => Inputs | null;
  /** What continuing a run does outside of its folder; default: nothing. */
  readonly demands?: (inputs: Inputs) => readonly RunDemand[];
  /** Name of a folder below `runs/`, without its number. */
  readonly folderName: (inputs: Inputs) => string;
  /** Something odd about a run that is continued; null when there is nothing. @throws TrifoldError when it cannot go on */
  readonly oddity: (inputs: Inputs) => string | null;
  /** Runs from the state of the session to the end. @returns null when it was interrupted @throws TrifoldError `infeasible` */
  readonly search: (inputs: Inputs, session: RunSession<State>) => Promise<Finished | null>;
  /** Whether a part of what was asked for has no solution; default: never. */
  readonly isIncomplete?: (finished: Finished) => boolean;
  /** The document of `--json`: without times, so that equal runs give equal documents. */
  readonly document: (inputs: Inputs, finished: Finished) => object;
  readonly files: (inputs: Inputs, finished: Finished) => readonly ResultFile[];
  /** Files that the user names, outside of its folder. */
  readonly outputs?: (inputs: Inputs, finished: Finished) => readonly OutputFile[];
}

/** The inputs of any run, resolved: plain JSON, so that a run can go on when presets or files have changed. */
export interface RunInputs {
  readonly kind: string;
  readonly request: { readonly seed: number };
}

/** Whether a value is an object whose `kind` is this. */
export function hasKind<Kind extends string>(
  value: unknown,
  kind: Kind,
): value is { readonly kind: Kind } & Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}
