import type { Random } from '../../../src/util/random.ts';
import type { Sequence, SequenceOperator } from '../../../src/workload/graph/sequence.ts';

/** A sequence and, behind it, another that differs from it in one thing or in none. */
export function doubled(sequence: Sequence, random: Random): Sequence {
  return joined(sequence, changed(sequence, random));
}

/** A sequence and another behind it. */
export function joined(sequence: Sequence, copy: Sequence): Sequence {
  const { tensors, storages, operators } = sequence;
  return {
    name: sequence.name,
    storages: [...storages, ...copy.storages.map((one) => ({ ...one, name: `${one.name}'` }))],
    tensors: [
      ...tensors,
      ...copy.tensors.map((one) => ({ ...one, name: `${one.name}'`, storage: one.storage + storages.length })),
    ],
    operators: [...operators, ...copy.operators.map((one) => moved(one, tensors.length))],
  };
}

function moved(operator: SequenceOperator, by: number): SequenceOperator {
  const own = {
    name: `${operator.name}'`,
    inputs: operator.inputs.map((one) => one + by),
    output: operator.output + by,
  };
  if (operator.kind !== 'mac' || operator.second.kind === 'parameters') return { ...operator, ...own };
  return { ...operator, ...own, second: { ...operator.second, tensor: operator.second.tensor + by } };
}

function changed(sequence: Sequence, random: Random): Sequence {
  const { storages, tensors, operators } = sequence;
  const at = random.nextInt(operators.length);
  const withOperator = (change: (one: SequenceOperator) => SequenceOperator): Sequence => ({
    ...sequence,
    operators: operators.map((one, i) => (i === at ? change(one) : one)),
  });
  switch (random.nextInt(6)) {
    case 0:
      return withOperator((one) => {
        if (one.kind !== 'vector') return one;
        const { work } = one.load;
        return { ...one, load: { ...one.load, work: { ...work, special: work.special + 3 } } };
      });
    case 1:
      return withOperator((one) =>
        one.kind === 'vector' ? { ...one, inPlace: one.inPlace === null ? 0 : null } : one,
      );
    case 2:
      return withOperator((one) => {
        if (one.kind !== 'mac') return one;
        const { wordBits } = one.shape;
        return { ...one, shape: { ...one.shape, wordBits: { ...wordBits, Outputs: 2 * wordBits.Outputs } } };
      });
    case 3: {
      const { storage } = tensors[operators[at]!.output]!;
      return {
        ...sequence,
        storages: storages.map((one, s) => (s === storage ? { ...one, wordBits: 16 } : one)),
        tensors: tensors.map((one) => (one.storage === storage ? { ...one, wordBits: 16 } : one)),
      };
    }
    case 4: {
      const { storage } = tensors[operators[at]!.output]!;
      return { ...sequence, storages: storages.map((one, s) => (s === storage ? { ...one, role: 'output' } : one)) };
    }
    default:
      return sequence;
  }
}
