import { createHash } from 'node:crypto';
import type { AcceleratorSpecification } from '../accelerator/specification.ts';
import type { Technology } from '../accelerator/technology.ts';
import { parseAccuracyTable, TABLE_DATASETS } from '../formats/accuracy-table.ts';
import { parseRecordedFigures, type RecordedFigures } from '../formats/recorded-figures.ts';
import { type AccuracyEvaluator, accuracyFloorAdvice } from '../search/network/accuracy.ts';
import type { NetworkSpace } from '../search/network/space.ts';
import { findNetworkSpace } from '../search/network/spaces.ts';
import { tableEvaluator } from '../search/network/table-evaluator.ts';
import { TrifoldError } from '../util/errors.ts';
import { loadSpecification, loadTechnology, readText } from './library.ts';

/** What a layer is mapped for, and by what networks are compared. */
export type ExhaustiveGoal = 'edp' | 'energy' | 'latency';

/** What an exhaustive co-search is asked; names of presets or files. */
export interface ExhaustiveRequest {
  readonly space: string;
  readonly accelerator: string;
  /** Default: the accelerator's own. */
  readonly technology?: string;
  /** File of an accuracy table of the space. */
  readonly table: string;
  readonly batch: number;
  readonly objective: ExhaustiveGoal;
  /** Least accuracy in percent of the table's search figure; null = the front only, and the cheapest network of all. */
  readonly floorPercent: number | null;
  /** Column of the table with latencies in ms to compare with; default: `<accelerator>_ms` where the table has it. */
  readonly recordedColumn?: string;
  readonly factors: 'perfect' | 'imperfect';
  /** Nothing here is random; kept for the run folder. */
  readonly seed: number;
}

/** Everything a run needs. Plain JSON; of the table only its hash, which a resumed run checks. */
export interface ExhaustiveInputs {
  readonly kind: 'exhaustive';
  readonly request: ExhaustiveRequest;
  readonly specification: AcceleratorSpecification;
  readonly technology: Technology;
  readonly tableSha256: string;
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
    tableSha256: hashOf(readText(request.table)),
  };
}

/**
 * Reads the table of a request.
 * @throws TrifoldError `infeasible` for a floor above every network, `foreign` when the table changed, and for a table of another space
 */
export function exhaustiveData({ request, specification, tableSha256 }: ExhaustiveInputs): ExhaustiveData {
  const { table, floorPercent } = request;
  const space = findNetworkSpace(request.space);
  const text = readText(table);
  if (hashOf(text) !== tableSha256)
    throw new TrifoldError('foreign', `${table} is not the file that the run was started with`);
  const accuracy = tableEvaluator(space, parseAccuracyTable(text, table, datasetOf(space)));
  const advice = floorPercent === null ? null : accuracyFloorAdvice(accuracy.limits, floorPercent);
  if (advice?.level === 'unreachable')
    throw new TrifoldError('infeasible', advice.message, {
      hint: 'the floor is held against the figure that the table is searched on (docs/networks.md)',
    });
  const column = request.recordedColumn ?? `${specification.name}_ms`;
  const figures = parseRecordedFigures(text, table, column);
  if (figures === null && request.recordedColumn !== undefined)
    throw new TrifoldError('not-found', `${table} has no column '${column}' of recorded latencies`);
  return {
    space,
    accuracy,
    recorded: figures === null ? null : { column, figures },
    advice: advice === null || advice.message === '' ? null : advice.message,
  };
}

/** Whether a run's configuration is that of an exhaustive run. */
export function isExhaustiveInputs(value: unknown): value is ExhaustiveInputs {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'exhaustive' && 'request' in value
  );
}

function datasetOf(space: NetworkSpace): (typeof TABLE_DATASETS)[number] {
  return TABLE_DATASETS.find((dataset) => space.name.endsWith(dataset)) ?? 'cifar10';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
