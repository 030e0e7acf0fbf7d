import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { DOCUMENT_LIMITS } from '../../formats/document/limits.ts';
import { parseRecordedFigures, type RecordedFigures } from '../../formats/recorded-figures.ts';
import { exhaustiveConfiguration } from '../../formats/run/configurations.ts';
import { refuseUnfit } from '../../formats/run/read.ts';
import { readRequest } from '../../options/command.ts';
import { type CosearchOptions, STORED_EXHAUSTIVE } from '../../options/cosearch.ts';
import {
  type AccuracyEvaluator,
  accuracyFloorAdvice,
  refuseFraction,
} from '../../search/network/accuracy/accuracy-evaluator.ts';
import type { NetworkSpace } from '../../search/network/spaces/network-space.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import { TrifoldError } from '../../util/errors.ts';
import {
  type AccuracySource,
  accuracySourceHash,
  openAccuracySource,
  parseAccuracySource,
} from '../cosearch/accuracy-source.ts';
import { loadSpecification, loadTechnology, readText } from '../presets/load.ts';
import { hasKind } from '../run/kind.ts';

/** Objective of every layer, and of the comparison of networks. */
export type ExhaustiveGoal = 'edp' | 'energy' | 'latency';

/** A request of `trifold cosearch --search exhaustive`; names of presets or files. */
export interface ExhaustiveRequest {
  readonly space: string;
  readonly accelerator: string;
  /** Undefined: the accelerator's own. */
  readonly technology?: string | undefined;
  readonly accuracy: AccuracySource;
  readonly batch: number;
  readonly objective: ExhaustiveGoal;
  /** Least top-1 accuracy in percent; null = the front only, and the cheapest network of all. */
  readonly floorPercent: number | null;
  /** Column of the table with latencies in ms to compare with; undefined: `<accelerator>_ms` where the table has it. */
  readonly recordedColumn?: string | undefined;
  readonly factors: 'perfect' | 'imperfect';
  /** Partial mappings to bound per layer at most; undefined = no limit, and every layer is proven. */
  readonly nodeLimit?: number | undefined;
  /** Nothing here is random; kept for the run folder. */
  readonly seed: number;
}

/** Everything a run needs. Plain JSON; of the accuracy files only their hash, which a resumed run checks. */
export interface ExhaustiveInputs {
  readonly kind: 'exhaustive';
  readonly request: ExhaustiveRequest;
  readonly specification: AcceleratorSpecification;
  readonly technology: Technology;
  readonly accuracySha256: string;
}

/** The networks and what is recorded of them. */
export interface ExhaustiveData {
  readonly space: NetworkSpace;
  readonly accuracy: AccuracyEvaluator;
  /** Latencies in ms by table key; null without. */
  readonly recorded: { readonly column: string; readonly figures: RecordedFigures } | null;
  /** Advice on the accuracy floor; null when there is none. */
  readonly advice: string | null;
}

/** The request that options of `trifold cosearch --search exhaustive` make. @throws TrifoldError `usage` for options of other searches */
export function exhaustiveRequest(options: CosearchOptions): ExhaustiveRequest {
  const { space, accelerator, budget, technology, floorPercent = null, factors, nodeLimit, recorded, seed } = options;
  if (accelerator === undefined || budget !== undefined)
    throw new TrifoldError('usage', 'an exhaustive co-search scores networks on one accelerator', {
      hint: 'give --accelerator, not --budget',
    });
  if (options.betweenLayers !== 'off')
    throw new TrifoldError('usage', 'an exhaustive co-search adds up layers that are mapped once for all networks', {
      hint: 'leave out --between-layers, or search with --search nested or joint',
    });
  return {
    space,
    accelerator,
    technology,
    accuracy: parseAccuracySource(options.accuracy, options.accuracySeconds),
    batch: 1,
    objective: 'edp',
    floorPercent,
    recordedColumn: recorded,
    factors,
    // Perfect factors are always proven; imperfect ones can take long.
    nodeLimit: factors === 'perfect' ? undefined : nodeLimit,
    seed,
  };
}

/** Resolves the names of a request. @throws TrifoldError for unknown names and bad files, and as {@link exhaustiveData} */
export function exhaustiveInputs(request: ExhaustiveRequest): ExhaustiveInputs {
  findNetworkSpace(request.space);
  const specification = loadSpecification(request.accelerator);
  const technology = loadTechnology(request.technology ?? specification.technology);
  const inputs: ExhaustiveInputs = {
    kind: 'exhaustive',
    request,
    specification: { ...specification, technology: technology.name },
    technology,
    accuracySha256: accuracySourceHash(request.accuracy),
  };
  exhaustiveData(inputs);
  return inputs;
}

/**
 * Opens the evaluator of a request.
 * @throws TrifoldError `infeasible` for a floor above every network, `foreign` when its files changed, and as {@link openAccuracySource}
 */
export function exhaustiveData({ request, specification, accuracySha256 }: ExhaustiveInputs): ExhaustiveData {
  const { floorPercent } = request;
  const space = findNetworkSpace(request.space);
  if (accuracySourceHash(request.accuracy) !== accuracySha256)
    throw new TrifoldError('foreign', 'the accuracy files are not those that the run was started with', {
      ...('file' in request.accuracy ? { place: { file: request.accuracy.file } } : {}),
    });
  const accuracy = openAccuracySource(request.accuracy, space);
  if (floorPercent !== null) refuseFraction(accuracy.limits, floorPercent);
  const advice = floorPercent === null ? null : accuracyFloorAdvice(accuracy.limits, floorPercent);
  if (advice?.level === 'unreachable')
    throw new TrifoldError('infeasible', advice.message, {
      hint: 'the floor is held against the figure that networks are searched on (docs/networks.md)',
    });
  return {
    space,
    accuracy,
    recorded: recordedLatencies(request, specification.name),
    advice: advice === null || advice.message === '' ? null : advice.message,
  };
}

function recordedLatencies({ accuracy, recordedColumn }: ExhaustiveRequest, accelerator: string) {
  const column = recordedColumn ?? `${accelerator}_ms`;
  const figures =
    accuracy.kind === 'table'
      ? parseRecordedFigures(readText(accuracy.file, DOCUMENT_LIMITS.jsonBytes), accuracy.file, column)
      : null;
  if (figures !== null) return { column, figures };
  if (recordedColumn === undefined) return null;
  throw new TrifoldError('not-found', `there is no column '${column}' of recorded latencies`, {
    hint: 'columns are read from NAS-Bench-201 tables: --accuracy table=FILE',
  });
}

/** The inputs of a run folder; null when it is no exhaustive run. */
export function readExhaustiveInputs(configuration: unknown): ExhaustiveInputs | null {
  if (!isExhaustiveInputs(configuration)) return null;
  refuseUnfit(exhaustiveConfiguration, configuration, 'configuration');
  readRequest(STORED_EXHAUSTIVE, configuration.request);
  return configuration;
}

function isExhaustiveInputs(value: unknown): value is ExhaustiveInputs {
  return hasKind(value, 'exhaustive');
}
