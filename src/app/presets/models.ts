import type { Workload } from '../../formats/workload/workload.ts';
import type { ModelDims } from './load-onnx.ts';

type ReadModel = (path: string, dims: ModelDims) => Workload;

/** Null until it is loaded: it has as many modules as the readers of all other files, and most commands read no model. */
let reader: ReadModel | null = null;

/** Whether a path is of an ONNX model. */
export function isOnnxPath(path: string): boolean {
  return /\.onnx$/i.test(path);
}

/** Makes ready to read files: loads the reader of ONNX models where one of them is a model. */
export async function prepareToRead(names: readonly string[]): Promise<void> {
  if (reader === null && names.some(isOnnxPath)) reader = (await import('./load-onnx.ts')).loadOnnx;
}

/** Gives the reader of ONNX models, for programs that may be given a model at any time. */
export function readModelsWith(loadOnnx: ReadModel): void {
  reader = loadOnnx;
}

/** Reads a model. @throws TrifoldError as its reader */
export function readModel(path: string, dims: ModelDims): Workload {
  if (reader === null) throw new Error(`prepareToRead was not given ${path}`);
  return reader(path, dims);
}
