import { areaMm2 } from '../../src/accelerator/accelerator.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { loadBaseline } from '../../src/app/design/baseline.ts';
import { evaluateMappings } from '../../src/app/explain/evaluate.ts';
import { partialMapping } from '../../src/app/map/inputs.ts';
import {
  loadBudget,
  loadMapping,
  loadSpecification,
  loadTechnology,
  loadWorkload,
  readText,
} from '../../src/app/presets/load.ts';
import { parseMeasurements } from '../../src/formats/measurements.ts';
import { readRequest } from '../../src/options/command.ts';
import { EVAL } from '../../src/options/models.ts';
import { refuseImpossibleBudget } from '../../src/search/accelerator/accelerator-encoding.ts';
import type { Network } from '../../src/workload/network.ts';
import { oneIn, pick } from './choices.ts';
import { checkWrittenAccelerator, exploreMapping, exploreNetwork, hardwareOf, presetHardware } from './follow-ups.ts';
import { type FuzzFormat, seedsOf } from './format.ts';
import { checkReport, mustSurviveJson } from './invariants.ts';
import { caseTexts, presetTexts, scratchFile } from './scratch.ts';
import { ALL_KINDS_NETWORK, MAPPINGS_FILE, SMALL_NETWORKS, TINY_ACCELERATOR, TINY_NETWORK } from './small-texts.ts';

let tiny: Network | undefined;

/** A layer that is mapped at once. */
function tinyNetwork(): Network {
  tiny ??= loadWorkload(scratchFile('tiny-network.yaml', TINY_NETWORK)).network;
  return tiny;
}

const SMALL_PRESETS = /^(dqn|dlrm|alexnet|vit-b16|bert-base|resnet18|squeezenet)\.yaml$/;

/** The YAML files that users write. */
export function yamlFormats(): FuzzFormat[] {
  return [
    {
      name: 'workload',
      weight: 8,
      data: 'yaml',
      seeds: [
        ...seedsOf([...SMALL_NETWORKS, ...SMALL_NETWORKS, ALL_KINDS_NETWORK, ALL_KINDS_NETWORK, ALL_KINDS_NETWORK]),
        ...presetTexts('workloads', SMALL_PRESETS),
        ...caseTexts(/(net|sub|prime|half|r\d+)\.yaml$/),
      ],
      run: async (bytes, random) => {
        const path = scratchFile('workload.yaml', bytes);
        const batch = oneIn(random, 6) ? pick(random, [2, 64, 1e6]) : 1;
        await exploreNetwork(random, loadWorkload(path, batch).network, bytes.toString());
      },
    },
    {
      name: 'accelerator',
      weight: 8,
      data: 'yaml',
      seeds: [
        ...seedsOf([TINY_ACCELERATOR, TINY_ACCELERATOR]),
        ...presetTexts('accelerators'),
        ...caseTexts(/acc[\w-]*\.yaml$/),
      ],
      run: async (bytes, random) => {
        const hardware = hardwareOf(loadSpecification(scratchFile('accelerator.yaml', bytes)));
        mustSurviveJson(hardware.accelerator);
        mustSurviveJson(areaMm2(hardware.accelerator));
        checkWrittenAccelerator(hardware);
        await exploreMapping(random, tinyNetwork(), hardware, bytes.toString());
      },
    },
    {
      name: 'budget',
      weight: 3,
      data: 'yaml',
      seeds: presetTexts('accelerators/budgets'),
      run: (bytes) => {
        const budget = loadBudget(scratchFile('budget.yaml', bytes));
        mustSurviveJson(budget);
        const { specification, technology } = loadBaseline(undefined, undefined, budget);
        refuseImpossibleBudget({ baseline: specification, budget, technology });
      },
    },
    {
      name: 'technology',
      weight: 3,
      data: 'yaml',
      seeds: [
        ...presetTexts('accelerators/technology', /^(eyeriss|maestro)/),
        ...presetTexts('accelerators/technology', /^cacti-65/),
      ],
      run: async (bytes, random) => {
        const technology = loadTechnology(scratchFile('technology.yaml', bytes));
        const { specification } = presetHardware(pick(random, ['eyeriss', 'nvdla-256']));
        const accelerator = buildAccelerator(specification, technology);
        mustSurviveJson(accelerator);
        await exploreMapping(random, tinyNetwork(), { specification, technology, accelerator }, bytes.toString());
      },
    },
    {
      name: 'mappings',
      weight: 4,
      data: 'yaml',
      seeds: [...seedsOf([MAPPINGS_FILE, MAPPINGS_FILE]), ...presetTexts('mappings', /^eyeriss-alexnet/)],
      run: (bytes) => {
        const path = scratchFile('mappings.yaml', bytes);
        const input = bytes.toString();
        const loaded = loadMapping(path);
        const ofTiny = loaded.kind === 'mappings' && !input.includes('conv1');
        const files = ofTiny
          ? {
              workload: scratchFile('tiny-network.yaml', TINY_NETWORK),
              accelerator: scratchFile('tiny-accelerator.yaml', TINY_ACCELERATOR),
            }
          : { workload: 'alexnet', accelerator: 'eyeriss' };
        checkReport(evaluateMappings(readRequest(EVAL.request, { ...files, mapping: path })).report, input);
      },
    },
    {
      name: 'dataflow',
      weight: 4,
      data: 'yaml',
      seeds: [...presetTexts('mappings', /-stationary/), ...caseTexts(/06-constraints.k\d+\.yaml$/)],
      run: async (bytes, random) => {
        const constraints = scratchFile('dataflow.yaml', bytes);
        const hardware = presetHardware(pick(random, ['eyeriss', 'nvdla-256']));
        const dataflow = partialMapping({ constraints }, hardware.accelerator) ?? null;
        await exploreMapping(random, tinyNetwork(), hardware, bytes.toString(), { constraints }, dataflow);
      },
    },
    {
      name: 'measurements',
      weight: 1,
      data: 'yaml',
      seeds: presetTexts('accelerators/measurements'),
      run: (bytes) => {
        const path = scratchFile('measurements.yaml', bytes);
        mustSurviveJson(parseMeasurements(readText(path), path));
      },
    },
  ];
}
