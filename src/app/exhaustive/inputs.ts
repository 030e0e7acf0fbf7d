import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { parseRecordedFigures, type RecordedFigures } from '../../formats/recorded-figures.ts';
import { type AccuracyEvaluator, accuracyFloorAdvice } from '../../search/network/accuracy/accuracy-evaluator.ts';
import type { NetworkSpace } from '../../search/network/spaces/network-space.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import { TrifoldError } from '../../util/errors.ts';
import { type AccuracySource, accuracySourceHash, openAccuracySource } from '../cosearch/accuracy-source.ts';
import { loadSpecification, loadTechnology, readText } from '../presets/load.ts';

/** What a layer is mapped for, and by what networks are compared. */
export type ExhaustiveGoal = 'edp' | 'energy' | 'latency';

/** What an exhaustive co-search is asked; names of presets or files. */
export interface ExhaustiveRequest {
  readonly space: string;
  readonly accelerator: string;
  /** Default: the accelerator's own. */
  readonly technology?: string;
  readonly accuracy: AccuracySource;
  readonly batch: number;
  readonly objective: ExhaustiveGoal;
  /** Least top-1 accuracy in percent; null = the front only, and the cheapest network of all. */
  readonly floorPercent: number | null;
  /** Column of the table with latencies in ms to compare with; default: `<accelerator>_ms` where the table has it. */
  readonly recordedColumn?: string;
  readonly factors: 'perfect' | 'imperfect';
  /** Partial mappings to bound per layer at most; absent = no limit, and every layer is proven. */
  readonly nodeLimit?: number;
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
  /** What a user should know of the floor. */
  readonly advice: string | null;
}

/** Resolves the names of a request. @throws TrifoldError for unknown names and bad files */
export function exhaustiveInputs(request: ExhaustiveRequest): ExhaustiveInputs {
  findNetworkSpace(request.space);
  const specification = loadSpecification(request.accelerator);
  const technology = loadTechnology(request.technology ?? specification.technology);
  return {
    kind: 'exhaustive',
    request,
    specification: { ...specification, technology: technology.name },
    technology,
    accuracySha256: accuracySourceHash(request.accuracy),
  };
}

/**
 * Opens the evaluator of a request.
 * @throws TrifoldError `infeasible` for a floor above every network, `foreign` when its files changed, and as {@link openAccuracySource}
 */
export function exhaustiveData({ request, specification, accuracySha256 }: ExhaustiveInputs): ExhaustiveData {
  const { floorPercent } = request;
  const space = findNetworkSpace(request.space);
  if (accuracySourceHash(request.accuracy) !== accuracySha256)
    throw new TrifoldError('foreign', 'the accuracy files are not those that the run was started with');
  const accuracy = openAccuracySource(request.accuracy, space);
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
    accuracy.kind === 'table' ? parseRecordedFigures(readText(accuracy.file), accuracy.file, column) : null;
  if (figures !== null) return { column, figures };
  if (recordedColumn === undefined) return null;
  throw new TrifoldError('not-found', `there is no column '${column}' of recorded latencies`, {
    hint: 'columns are read from NAS-Bench-201 tables: --accuracy table=FILE',
  });
}

/** Whether a run's configuration is that of an exhaustive run. */
export function isExhaustiveInputs(value: unknown): value is ExhaustiveInputs {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'exhaustive' && 'request' in value
  );
}
