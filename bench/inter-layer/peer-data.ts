import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Actions per second of one instance; null: unlimited. */
interface Rates {
  readonly read: number | null;
  readonly write: number | null;
}

/** Children along one axis of an array. */
export interface PeerFanOut {
  readonly name: string;
  readonly size: number;
  /** Tensors that reach several children at once: a tensor, 'all' or 'nothing'. */
  readonly multicasts: string;
  readonly dims: string;
}

/** A memory; its fan-out lies between it and the one outside it. */
export interface PeerLevel {
  readonly name: string;
  readonly capacity_bits: number | null | 'one weight value';
  readonly bits_per_action: number;
  readonly energy_J_per_action: { readonly read: number; readonly write: number };
  readonly actions_per_s: Rates | null;
  readonly leak_W?: number;
  readonly must_keep: string | readonly string[];
  readonly may_keep: readonly string[];
  readonly latency?: string;
  readonly fan_out_above: readonly PeerFanOut[];
  readonly stored_bits?: string;
}

/** An architecture, levels outermost first. */
export interface PeerArchitecture {
  readonly levels: readonly PeerLevel[];
  readonly mac: {
    readonly energy_J_per_action: { readonly compute: number };
    readonly actions_per_s: { readonly compute: number };
    readonly latency?: string;
    readonly fan_out_above: readonly PeerFanOut[];
  };
  readonly scalar_unit?: {
    readonly energy_J_per_action: number;
    readonly actions_per_s: number;
    readonly attached_below: string;
  };
}

/** An operator of a workload: a matrix product of N rows, C summed and K made, G at a time; or one that treats each word alone. */
export type PeerOperator =
  | {
      readonly kind: 'matmul';
      readonly name: string;
      readonly dims: { readonly N: number; readonly C: number; readonly K: number; readonly G?: number };
      readonly input: string;
      readonly weights: string | { readonly tensor: string; readonly layout: 'keys' | 'values' };
      readonly output: string;
    }
  | {
      readonly kind: 'copy' | 'vector';
      readonly name: string;
      readonly words: number;
      readonly input: string;
      readonly output: string;
    };

/** A workload. */
export interface PeerWorkload {
  readonly word_bits: number;
  readonly operators: readonly PeerOperator[];
}

/** A published result. */
export interface PeerResult {
  readonly arch: string;
  readonly workload: string;
  readonly mode: 'fused' | 'unfused';
  readonly energy_J: number;
  readonly latency_s: number;
  readonly edp: number;
  /** Bits of the main memory by tensor. */
  readonly main_memory_bits: Readonly<Record<string, { readonly read: number; readonly write: number }>>;
  readonly operators: Readonly<Record<string, PeerOperatorResult>>;
}

/** An operator in a published result. */
export interface PeerOperatorResult {
  readonly latency_s: number;
  /** By component and tensor: actions of each kind. */
  readonly actions: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

/** What another tool published, with its inputs. */
export interface PeerData {
  readonly architectures: Readonly<Record<string, PeerArchitecture>>;
  readonly workloads: Readonly<Record<string, PeerWorkload>>;
  readonly results: readonly PeerResult[];
}

/** The published results in a folder; null where there are none. */
export function readPeerData(folder: string): PeerData | null {
  if (!existsSync(join(folder, 'results.json'))) return null;
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  // The files were made for this program; what differs from their types shows as a wrong figure at once.
  const { architectures } = read('architectures') as Pick<PeerData, 'architectures'>;
  const { workloads } = read('workloads') as Pick<PeerData, 'workloads'>;
  const { results } = read('results') as Pick<PeerData, 'results'>;
  return { architectures, workloads, results };
}
