import type { Mapping } from '../../mapping/mapping.ts';
import { firstIterations, type SegmentPlan } from '../../schedule/step-kind.ts';

/** A mapping, and the steps that it is for. */
export interface StepMapping {
  /** Index in the sequence; a layer. */
  readonly operator: number;
  /** First iteration of the shared loops with a step of their kind. */
  readonly iteration: number;
  readonly mapping: Mapping;
}

/** Mappings of the kinds of steps of a segment with the steps that they are for; null: a kind without one. */
export function stepMappings(plan: SegmentPlan, mappings: readonly (Mapping | null)[]): readonly StepMapping[] {
  const first = firstIterations(plan);
  return plan.kinds.flatMap(({ operator }, kind) => {
    const mapping = mappings[kind] ?? null;
    return mapping === null ? [] : [{ operator, iteration: first[kind]!, mapping }];
  });
}

/** Kinds of steps with their mappings, or what does not fit: a kind without a mapping, a mapping (by its place in the list) without steps. */
export type KindMappings =
  | { readonly mappings: readonly (Mapping | null)[] }
  | { readonly missing: { readonly operator: number; readonly iteration: number } }
  | { readonly unused: number };

/** The mapping of each kind of steps of a segment; null for operators other than layers. */
export function mappingsOfKinds(plan: SegmentPlan, given: readonly StepMapping[]): KindMappings {
  const keyOf = (operator: number, iteration: number) => `${operator} ${iteration}`;
  const byKey = new Map(given.map(({ operator, iteration, mapping }) => [keyOf(operator, iteration), mapping]));
  const first = firstIterations(plan);
  const mappings: (Mapping | null)[] = [];
  for (const [index, { kind, operator }] of plan.kinds.entries()) {
    const iteration = first[index]!;
    const key = keyOf(operator, iteration);
    const mapping = kind === 'mac' ? byKey.get(key) : null;
    if (mapping === undefined) return { missing: { operator, iteration } };
    mappings.push(mapping);
    if (mapping !== null) byKey.delete(key);
  }
  const unused = given.findIndex(({ operator, iteration }) => byKey.has(keyOf(operator, iteration)));
  return unused < 0 ? { mappings } : { unused };
}
