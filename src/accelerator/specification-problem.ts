/** Something that makes a specification meaningless or illegal. */
export interface SpecificationProblem {
  readonly rule: 'hierarchy' | 'value' | 'name' | 'keep' | 'capacity';
  /** Where: keys and indices into the specification. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}
