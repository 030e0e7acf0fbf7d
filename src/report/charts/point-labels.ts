import { CHARACTER_WIDTH } from './chart-svg.ts';

/** A point of a chart that may be labelled, in CSS pixels of the plot with its origin at the upper left. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** Radius of its mark. */
  readonly radius: number;
  readonly text: string;
}

/** Place of a label beside its point. */
export interface LabelPlace {
  /** Index of the point. */
  readonly index: number;
  readonly align: 'left' | 'right' | 'center';
  readonly dx: number;
  readonly dy: number;
}

/** The room that labels share. */
export interface LabelRoom {
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  /** Labels at most. */
  readonly most: number;
  /** Where no label may lie. */
  readonly taken: readonly Box[];
}

/** A rectangle of the plot. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Between a mark and its label. */
const GAP = 4;

/**
 * Labels for the first points of a list that have room for one: inside the plot, over no other label and over no mark. Points that come first
 * are served first; one without room has no label.
 */
export function placeLabels(points: readonly LabelledPoint[], room: LabelRoom): readonly LabelPlace[] {
  const taken = [...room.taken];
  const places: LabelPlace[] = [];
  const marks = points.map(({ x, y, radius }) => ({
    left: x - radius,
    right: x + radius,
    top: y - radius,
    bottom: y + radius,
  }));
  for (const [index, point] of points.entries()) {
    if (places.length === room.most) break;
    const isFree = (box: Box) =>
      box.left >= 0 &&
      box.right <= room.width &&
      box.top >= 0 &&
      box.bottom <= room.height &&
      ![...taken, ...marks].some((other) => overlaps(box, other));
    const found = candidates(point, index, room.fontSize).find(({ box }) => isFree(box));
    if (found === undefined) continue;
    taken.push(found.box);
    places.push(found.place);
  }
  return places;
}

function candidates({ x, y, radius, text }: LabelledPoint, index: number, fontSize: number) {
  const width = labelWidth(text, fontSize);
  const away = radius + GAP;
  const beside = (left: number, middle: number): Box => ({
    left,
    right: left + width,
    top: middle - fontSize / 2,
    bottom: middle + fontSize / 2,
  });
  const level = away + fontSize / 2;
  return [
    { box: beside(x + away, y), place: { index, align: 'left', dx: away, dy: 0 } },
    { box: beside(x - away - width, y), place: { index, align: 'right', dx: -away, dy: 0 } },
    { box: beside(x - width / 2, y + level), place: { index, align: 'center', dx: 0, dy: level } },
    { box: beside(x - width / 2, y - level), place: { index, align: 'center', dx: 0, dy: -level } },
  ] as const;
}

/** Width of a text on average over fonts. */
export function labelWidth(text: string, fontSize: number): number {
  return [...text].length * fontSize * CHARACTER_WIDTH;
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
