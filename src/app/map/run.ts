import { isStateOf } from '../../formats/run/read.ts';
import { mapState } from '../../formats/run/states.ts';
import type { RunKind } from '../run/kind.ts';
import { mapFiles, savedFile } from './files.ts';
import { type MapInputs, readMapInputs } from './inputs.ts';
import { mapJson } from './json.ts';
import { type MapResult, type MapState, runMap } from './map.ts';

/** Runs of `trifold map`: the best mappings of a network on an accelerator. */
export const MAP_RUN: RunKind<MapInputs, MapState, MapResult> = {
  name: 'map',
  title: 'a map run',
  initialState: { kind: 'map', shapes: [] },
  generations: null,
  isState: (value): value is MapState => isStateOf(mapState, value),
  readInputs: readMapInputs,
  demands: ({ request: { save } }) => (save === undefined ? [] : [{ kind: 'write', text: save }]),
  folderName: ({ network, specification }) => `${network.name}-${specification.name}`,
  oddity: () => null,
  search: runMap,
  isIncomplete: ({ leftOut }) => leftOut.length > 0,
  document: (_, finished) => mapJson(finished),
  files: (_, finished) => mapFiles(finished),
  outputs: ({ request: { save } }, finished) => {
    if (save === undefined) return [];
    const { name, text } = savedFile(finished);
    return [{ path: save, text, sameAs: name }];
  },
};
