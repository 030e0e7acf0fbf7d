import type { Budget } from '../../accelerator/budget.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { designConfiguration } from '../../formats/run/configurations.ts';
import { refuseUnfit } from '../../formats/run/read.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import { readRequest } from '../../options/command.ts';
import { DESIGN, type DesignOptions } from '../../options/design.ts';
import {
  type ArraySizes,
  type BufferSizes,
  refuseImpossibleBudget,
} from '../../search/accelerator/accelerator-encoding.ts';
import { richestAxis } from '../../search/accelerator/array-wiring.ts';
import { defaultArraySizes, defaultBufferSizes } from '../../search/accelerator/search-options.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { Network } from '../../workload/network.ts';
import { refuseUnscheduled } from '../layers/search-between.ts';
import { loadBudget, loadWorkload } from '../presets/load.ts';
import { hasKind } from '../run/kind.ts';
import { loadBaseline } from './baseline.ts';

/** A request of `trifold design` with nothing left open. */
export interface DesignRequest extends DesignOptions {
  /** Problem dims that an array axis of a design carries at most, 1 to 6. */
  readonly dimsPerAxis: number;
  readonly arraySizes: ArraySizes;
  readonly bufferSizes: BufferSizes;
  /** Factors of the final mapping of the best design and of the baseline beside it. */
  readonly finalFactors: DesignOptions['factors'];
}

/** Everything a run needs, resolved: plain JSON, so that a run can go on when presets or files have changed. */
export interface DesignInputs {
  readonly kind: 'design';
  readonly request: DesignRequest;
  readonly networks: readonly Network[];
  /** The baseline: designs inherit all that is not searched. */
  readonly template: AcceleratorSpecification;
  readonly technology: Technology;
  readonly budget: Budget;
  /** Published dataflow of the baseline; null when none is known. */
  readonly dataflow: DataflowTemplate | null;
}

/** Resolves the names and the open defaults of a request. @throws TrifoldError for unknown names and bad files */
export function designInputs(options: DesignOptions): DesignInputs {
  if (options.workloads.length === 0) throw new TrifoldError('usage', 'no workload given');
  const budget = loadBudget(options.budget);
  const { specification, technology, dataflow } = loadBaseline(options.baseline, options.technology, budget);
  refuseImpossibleBudget({ baseline: specification, budget, technology });
  const networks = options.workloads.map((name) => loadWorkload(name, options.batch, options).network);
  refuseEqualNames(networks);
  const request = resolved(options, {
    dimsPerAxis: options.dimsPerAxis ?? richestAxis(specification),
    arraySizes: options.arraySizes ?? defaultArraySizes(options.factors),
    bufferSizes: options.bufferSizes ?? defaultBufferSizes(options.strategy),
  });
  const fixed = [
    ['--mapper exact', request.mapper === 'exact'],
    ['--factors perfect', request.factors === 'perfect'],
    ['--final-factors perfect', request.finalFactors === 'perfect'],
  ] as const;
  refuseUnscheduled(request, fixed, networks, buildAccelerator(specification, technology));
  return { kind: 'design', request, networks, template: specification, technology, budget, dataflow };
}

/** A request with nothing left open and its keys in the order of the schema, so that resumed runs write the same documents. */
function resolved(
  options: unknown,
  hardware: Pick<DesignRequest, 'dimsPerAxis' | 'arraySizes' | 'bufferSizes'>,
): DesignRequest {
  const request = readRequest(DESIGN.request, Object.assign({}, options, hardware));
  return {
    ...request,
    ...hardware,
    finalFactors:
      request.finalFactors ?? (request.mapper === 'exact' && request.betweenLayers === 'off' ? 'imperfect' : 'perfect'),
  };
}

/** Results of a run are told apart by the names of its networks, as they look. */
function refuseEqualNames(networks: readonly Network[]): void {
  const names = networks.map(({ name }) => name.normalize('NFKC'));
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0)
    throw new TrifoldError('usage', `two workloads of the run are called ${networks[twice]!.name}`, {
      hint: 'give one of them another name in its file, or leave it out',
    });
}

/** The inputs of a run folder; null when it is no design run. Runs from before there were choices have what was the only one. */
export function readDesignInputs(configuration: unknown): DesignInputs | null {
  if (!isDesignInputs(configuration)) return null;
  refuseUnfit(designConfiguration, configuration, 'configuration');
  refuseEqualNames(configuration.networks);
  const stored: Partial<DesignRequest> = configuration.request;
  const { dimsPerAxis = 1, arraySizes = 'published', bufferSizes = 'linear', ...given } = stored;
  const { explorations = 0, baselineCandidate = false } = given;
  const hardware = { dimsPerAxis, arraySizes, bufferSizes };
  const request = resolved({ ...stored, explorations, baselineCandidate }, hardware);
  return { ...configuration, request };
}

function isDesignInputs(value: unknown): value is DesignInputs {
  return hasKind(value, 'design');
}
