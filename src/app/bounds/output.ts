import { toCsv } from '../../report/csv.ts';
import type { LayerCurve } from '../../search/traffic/layer-curves.ts';
import { type CurveStep, crossingBits, crossingWords } from '../../search/traffic/traffic-curve.ts';
import { DIMS } from '../../util/vocabulary.ts';
import type { BoundsResult } from './bounds.ts';

/** A tile as people write it: the dims of more than one position. */
export function tileText({ extents }: Pick<CurveStep, 'extents'>): string {
  const dims = DIMS.filter((dim) => extents[dim] > 1).map((dim) => `${dim}${extents[dim]}`);
  return dims.length === 0 ? 'one of each' : dims.join(' ');
}

/** Loops outside the buffer, outermost first. */
export function loopsText({ loops }: Pick<CurveStep, 'loops'>): string {
  return loops.length === 0 ? 'none' : loops.map(({ dim, bound }) => `${dim}${bound}`).join(' ');
}

/** Plain JSON of the curves with the mappings at their stairs. Equal requests give equal documents. */
export function boundsJson({ request, inputs, title, layers, rows, compulsory, macs, isComplete }: BoundsResult) {
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
    points: rows.map(({ capacityBits, isOwn, figures }) => ({
      capacityBytes: capacityBits / 8,
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

/** All stairs of all layers. */
export function boundsCsv({ layers }: BoundsResult): string {
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
  return toCsv(header, rows);
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
