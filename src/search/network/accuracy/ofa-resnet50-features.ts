import { type Genotype, numbersUnder, placesOf, RESOLUTION_KEY } from '../spaces/genes.ts';
import { OFA_RESNET50_SIZES, ofaResnet50, ofaResnet50ActiveSlots } from '../spaces/ofa-resnet50.ts';

/** Choices that the accuracy of an OFA-ResNet50 network is predicted from, as indices into the choices of the space. */
export interface OfaResnet50Choices {
  /** Index of the resolution, 0 to 7. */
  readonly resolution: number;
  /** Whether the stem has its residual block: 0 or 1. */
  readonly stemBlock: number;
  /** Width indices of stem middle, stem output and the four stages, 0 to 2. */
  readonly widths: readonly number[];
  /** Expansion index of the 18 block slots, 0 to 2; null where no block runs. */
  readonly expansions: readonly (number | null)[];
}

const { genes } = ofaResnet50;
const PLACES = {
  resolution: placesOf(genes, RESOLUTION_KEY)[0]!,
  stem: placesOf(genes, 'd')[0]!,
  widths: placesOf(genes, 'w'),
  expansions: placesOf(genes, 'e'),
};

/** The choices of a genotype of the space. @throws RangeError when it is not one */
export function ofaResnet50Choices(genotype: Genotype): OfaResnet50Choices {
  const canonical = ofaResnet50.canonical(genotype);
  const active = ofaResnet50ActiveSlots(numbersUnder(genes, canonical, 'd').slice(1));
  return {
    resolution: canonical[PLACES.resolution]!,
    stemBlock: canonical[PLACES.stem]!,
    widths: PLACES.widths.map((place) => canonical[place]!),
    expansions: PLACES.expansions.map((place, slot) => (active[slot] === true ? canonical[place]! : null)),
  };
}

/** Inputs of the published accuracy network. */
export const OFA_RESNET50_INPUTS = OFA_RESNET50_SIZES.length + 2 + 6 * 3 + 18 * 3;

/**
 * Places of the ones among the inputs of the published accuracy network (all others are 0): one of 8 for the resolution, one of 2 for the stem
 * block, one of 3 for each of 6 widths, one of 3 for the expansion of each of 18 slots, none where no block runs.
 */
export function ofaResnet50HotInputs(choices: OfaResnet50Choices): number[] {
  const stem = OFA_RESNET50_SIZES.length;
  const widths = stem + 2;
  const expansions = widths + 6 * 3;
  return [
    choices.resolution,
    stem + choices.stemBlock,
    ...choices.widths.map((width, i) => widths + 3 * i + width),
    ...choices.expansions.flatMap((expansion, i) => (expansion === null ? [] : [expansions + 3 * i + expansion])),
  ];
}
