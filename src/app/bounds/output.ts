import { toCsv } from '../../report/csv.ts';
import type { Segment } from '../../schedule/schedule.ts';
import type { LayerCurve } from '../../search/traffic/layer-curves.ts';
import type { PairStep } from '../../search/traffic/pair-curve.ts';
import { type CurveStep, crossingBits, crossingWords } from '../../search/traffic/traffic-curve.ts';
import { DIMS } from '../../util/vocabulary.ts';
import type { BoundsResult } from './bounds.ts';
import type { BoundsPair } from './inputs.ts';

/** A tile as people write it: the dims of more than one position. */
export function tileText({ extents }: Pick<CurveStep, 'extents'>): string {
  const dims = DIMS.filter((dim) => extents[dim] > 1).map((dim) => `${dim}${extents[dim]}`);
  return dims.length === 0 ? 'one of each' : dims.join(' ');
}

/** Loops outside the buffer, outermost first. */
export function loopsText({ loops }: Pick<CurveStep, 'loops'>): string {
  return loops.length === 0 ? 'none' : loops.map(({ dim, bound }) => `${dim}${bound}`).join(' ');
}

/** How two layers run together. */
export function pairText({ choice }: Pick<PairStep, 'choice'>, { sequence, names }: BoundsPair): string {
  const [{ loops, halo, held }] = choice.segments as [Segment];
  if (choice.home === 'retained') return 'one after the other, what flows between kept whole';
  const axes = loops.map(({ axis, tile }) => `${axis} by ${tile}`).join(', ');
  const kept = held.map((one) =>
    one.kind === 'tensor'
      ? sequence.tensors[one.tensor]!.name
      : `weights of ${one.operator < choice.segments[0]!.end - 1 ? names[0] : names[1]}`,
  );
  return [
    `tiles of ${axes}`,
    ...(halo === 'recomputed' ? ['halo recomputed'] : []),
    ...(kept.length === 0 ? [] : [`holding ${kept.join(', ')}`]),
  ].join('; ');
}

/** Plain JSON of the curves with the mappings at their stairs. Equal requests give equal documents. */
export function boundsJson({ request, inputs, title, layers, rows, compulsory, macs, isComplete, pair }: BoundsResult) {
  const { named, network } = inputs;
  const { factors, count, batch } = request;
  return {
    command: 'bounds',
    ...{ workload: network.name, title, batch, factors, count },
    border:
      named === null
        ? null
        : {
            accelerator: named.accelerator.name,
            outer: named.outer,
            buffer: named.buffer,
            capacityBytes: named.capacityBits === null ? null : named.capacityBits / 8,
            instances: named.instances,
            doubleBuffered: named.doubleBuffered,
            mayBypass: named.bypassing,
          },
    macs,
    isComplete,
    compulsory: { words: compulsory.words, bytes: compulsory.bits / 8, fromCapacityBytes: compulsory.fromBits / 8 },
    points: rows.map(({ capacityBits, isOwn, figures, pair: together }) => ({
      capacityBytes: capacityBits / 8,
      ...(pair === null ? {} : { together: together === null ? null : pairFigures(together, macs) }),
      ...(isOwn ? { ofAccelerator: true } : {}),
      ...(figures === null
        ? { feasible: false }
        : {
            feasible: true,
            words: figures.words,
            bytes: figures.bits / 8,
            timesCompulsory: figures.timesCompulsory,
            macsPerByte: figures.macsPerByte,
          }),
    })),
    ...(pair === null
      ? {}
      : {
          pair: {
            operators: inputs.pair!.names,
            choices: pair.choices,
            steps: pair.steps.map((step) => pairFigures(step, macs)),
          },
        }),
    layers: layers.map((one) => ({
      layer: one.layer.name,
      repeat: one.repeat,
      macs: one.curve.macs,
      steps: one.curve.steps.map((step) => ({
        ...stepFigures(one, step),
        tile: step.extents,
        loopsOutside: step.loops,
      })),
    })),
  };
}

/** Figures of a stair of two layers that run together. */
function pairFigures({ heldBits, words, bits, choice, steps }: PairStep, macs: number) {
  return {
    capacityBytes: heldBits / 8,
    ...{ words, bytes: bits / 8, macsPerByte: (8 * macs) / bits },
    home: choice.home,
    segments: choice.segments.map(({ loops, halo, held }, i) => ({
      ...{ loops, halo, held },
      steps: steps[i]!.map(({ step: { count, operator, moves }, mapping }) => ({
        ...{ operator, count, moves, moved: mapping.words, tile: mapping.extents, loopsOutside: mapping.loops },
      })),
    })),
  };
}

/** All stairs of all layers. */
export function boundsCsv({ layers, pair, macs, inputs }: BoundsResult): string {
  const header = [
    ...['layer', 'repeat', 'capacity_bytes', 'words', 'bytes', 'weights', 'inputs', 'outputs_read', 'outputs_written'],
    ...['macs_per_byte', 'tile', 'loops_outside'],
  ];
  const rows = layers.flatMap((one) =>
    one.curve.steps.map((step) => {
      const { capacityBytes, words, bytes, moved, macsPerByte } = stepFigures(one, step);
      const { weights, inputs, outputsRead, outputsWritten } = moved;
      return [
        ...[one.layer.name, one.repeat, capacityBytes, words, bytes, weights, inputs, outputsRead, outputsWritten],
        ...[macsPerByte, tileText(step), loopsText(step)],
      ];
    }),
  );
  const both = (pair?.steps ?? []).map((step) => {
    const { capacityBytes, words, bytes, macsPerByte } = pairFigures(step, macs);
    const name = inputs.pair!.names.join(' + ');
    const how = pairText(step, inputs.pair!);
    return [...[name, 1, capacityBytes, words, bytes, null, null, null, null], ...[macsPerByte, how, null]];
  });
  return toCsv(header, [...rows, ...both]);
}

/** Figures of a stair of one run of a layer. */
function stepFigures({ border, curve }: LayerCurve, { heldBits, words }: CurveStep) {
  const bits = crossingBits(words, border.outerBits);
  return {
    capacityBytes: heldBits / 8,
    words: crossingWords(words),
    bytes: bits / 8,
    moved: words,
    macsPerByte: (8 * curve.macs) / bits,
  };
}
