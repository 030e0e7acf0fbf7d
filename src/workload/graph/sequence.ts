import type { LayerShape } from '../layer.ts';
import type { VectorDemand, VectorLoad } from './fusion.ts';

/** Axes of an activation: batch (or rows), channels, rows, columns. */
export const AXES = ['n', 'c', 'p', 'q'] as const;
/** One of {@link AXES}. */
export type AxisName = (typeof AXES)[number];

/** Words that have one home: a tensor, or several that views make parts of one another. */
export interface Storage {
  readonly name: string;
  readonly words: number;
  readonly wordBits: number;
  /** Network inputs and outputs live in the outermost level. */
  readonly role: 'input' | 'output' | 'inner';
}

/** A tensor between operators of a sequence. */
export interface SequenceTensor {
  readonly name: string;
  readonly sizes: readonly [n: number, c: number, p: number, q: number];
  readonly wordBits: number;
  /** Index of its storage. */
  readonly storage: number;
}

/** The second operand of a MAC operator. */
export type SecondOperand =
  | { readonly kind: 'parameters'; readonly words: number; readonly wordBits: number }
  /**
   * An activation: of `keys`, K runs along `rowAxis` and (G, C) along the channels; of `values`, C along `rowAxis` and (G, K) along the channels; of
   * `whole`, every step needs all of it.
   */
  | { readonly kind: 'keys' | 'values' | 'whole'; readonly tensor: number; readonly rowAxis: 'n' | 'p' };

interface SequenceStep {
  /** Unique in its sequence. */
  readonly name: string;
  /** Tensors; for MAC operators the first is Inputs. The second operand, where it is an activation, is listed too. */
  readonly inputs: readonly number[];
  readonly output: number;
}

/** A load that says which operator of the network it is of; absent where only figures are known. */
export interface NamedLoad extends VectorLoad {
  readonly of?: Pick<VectorDemand, 'name' | 'kind' | 'label'>;
}

interface ComputingStep extends SequenceStep {
  /** What it applies to its output on its way out, for all words of the output. */
  readonly fused: readonly NamedLoad[];
}

/** A layer. Outputs: c = g * K + k; Inputs: c = g * C + c; rows and columns by stride, dilation and padding. */
export interface SequenceMac extends ComputingStep {
  readonly kind: 'mac';
  /** Index of the layer in the network. */
  readonly layer: number;
  readonly shape: LayerShape;
  readonly second: SecondOperand;
  /** Whether a part of its output needs a part of its first input alone, along all axes; otherwise it only runs whole. */
  readonly tiles: boolean;
}

/** How the words of a vector operator's operands follow from those of its output. */
export type VectorSpan =
  /** The word at the same place; axes along which an operand has one position are used for all. */
  | { readonly kind: 'words' }
  /** A window of rows and columns of the first operand. */
  | {
      readonly kind: 'window';
      readonly size: readonly [number, number];
      readonly stride: readonly [number, number];
      readonly pad: readonly [number, number];
    }
  /** All channels of a group of as many; the same place along the other axes. */
  | { readonly kind: 'channels'; readonly group: number }
  /** Anything: it only runs whole. */
  | { readonly kind: 'whole' };

/** An operator without multiply-accumulates that moves words. */
export interface SequenceVector extends ComputingStep {
  readonly kind: 'vector';
  /** Of the whole operator: operations, words of parameters (in `reads`, without activations), and what it writes. */
  readonly load: NamedLoad;
  readonly span: VectorSpan;
  /** Operand that its output may overwrite, word by word; null: none. */
  readonly inPlace: number | null;
}

/** Parts that lie one behind the other along the channels of the output; or another name for the same words. No word moves. */
export interface SequenceView extends SequenceStep {
  readonly kind: 'view';
  /** concat: inputs along c, in order. other: only whole tensors pass. */
  readonly view: 'concat' | 'other';
}

/** One operator of a sequence. */
export type SequenceOperator = SequenceMac | SequenceVector | SequenceView;

/**
 * A network as a list of operators in the order in which they run: blocks written out, operators that run with their producer folded into it. What flows
 * between them has a home each. Immutable.
 */
export interface Sequence {
  readonly name: string;
  readonly tensors: readonly SequenceTensor[];
  readonly storages: readonly Storage[];
  readonly operators: readonly SequenceOperator[];
}
