import { formatAccelerator } from '../../formats/accelerator-text.ts';
import { isStateOf } from '../../formats/run/read.ts';
import { mapState } from '../../formats/run/states.ts';
import type { RunKind } from '../run/kind.ts';
import { type MapInputs, readMapInputs } from './inputs.ts';
import { mapJson } from './json.ts';
import { type MapResult, type MapState, runMap } from './map.ts';
import { mappingFileName, mappingText } from './mapping-text.ts';

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
  files: (inputs, finished) => [
    { name: 'accelerator.yaml', text: formatAccelerator(inputs.specification) },
    { name: mappingFileName(inputs.network.name), text: mappingsText(finished) },
  ],
  outputs: ({ request: { save }, network }, finished) =>
    save === undefined ? [] : [{ path: save, text: mappingsText(finished), sameAs: mappingFileName(network.name) }],
};

/** The best mappings as YAML that `trifold eval` reads: those of the network as a whole where it was solved. */
function mappingsText({ inputs, report }: MapResult): string {
  const { request, network } = inputs;
  const goal = [request.objective, ...request.subjectTo].join(' subject to ');
  return mappingText(
    report,
    `trifold map ${network.name} --accelerator ${report.accelerator.name} (${goal})`,
    request.batch,
  );
}
