/** A measured figure, the model's, and the relative error (model / measured - 1). */
export interface Compared {
  readonly measured: number;
  readonly model: number;
  readonly error: number;
}

/** A measured figure beside the model's. */
export function compared(measured: number, model: number): Compared {
  return { measured, model, error: model / measured - 1 };
}
