import { createHash } from 'node:crypto';
import { parseAccuracyTable, type TableDataset } from '../../formats/accuracy-table.ts';
import { DOCUMENT_LIMITS } from '../../formats/document/limits.ts';
import { parseOfaPredictor } from '../../formats/ofa-predictor.ts';
import type { AccuracyEvaluator } from '../../search/network/accuracy/accuracy-evaluator.ts';
import { importedPredictor } from '../../search/network/accuracy/imported-predictor.ts';
import { OFA_RESNET50_CALIBRATION } from '../../search/network/accuracy/ofa-resnet50-coefficients.ts';
import { shippedPredictor } from '../../search/network/accuracy/shipped-predictor.ts';
import { tableEvaluator } from '../../search/network/accuracy/table-evaluator.ts';
import type { NetworkSpace } from '../../search/network/spaces/network-space.ts';
import { FILE_LIMITS, readFileIfThere } from '../../study/read-file.ts';
import { TrifoldError } from '../../util/errors.ts';
import { readText } from '../presets/load.ts';
import type { RunDemand } from '../run/kind.ts';
import { commandEvaluator } from './accuracy-command.ts';

/** Who says how accurate networks are; files by path. Plain JSON. */
export type AccuracySource =
  | { readonly kind: 'predictor' }
  | { readonly kind: 'table'; readonly file: string }
  | { readonly kind: 'command'; readonly command: string; readonly timeLimitSeconds: number }
  /** `calibrated`: moved to published accuracies like the default predictor. */
  | { readonly kind: 'imported'; readonly file: string; readonly calibrated: boolean };

/** Seconds that an accuracy command may take unless stated otherwise. */
export const DEFAULT_COMMAND_SECONDS = 600;

/**
 * Reads `predictor`, `table=FILE`, `command=LINE`, `imported=FILE` or `imported-calibrated=FILE`.
 * @throws TrifoldError `usage` for anything else
 */
export function parseAccuracySource(text: string, timeLimitSeconds = DEFAULT_COMMAND_SECONDS): AccuracySource {
  const equals = text.indexOf('=');
  const kind = equals < 0 ? text : text.slice(0, equals);
  const rest = equals < 0 ? '' : text.slice(equals + 1);
  if (kind === 'predictor' && equals < 0) return { kind };
  if (rest.trim() !== '') {
    if (kind === 'table') return { kind, file: rest };
    if (kind === 'command') return { kind, command: rest, timeLimitSeconds };
    if (kind === 'imported') return { kind, file: rest, calibrated: false };
    if (kind === 'imported-calibrated') return { kind: 'imported', file: rest, calibrated: true };
  }
  throw new TrifoldError('usage', `'${text}' names no accuracy evaluator`, {
    hint: 'predictor, table=FILE, command=LINE, imported=FILE or imported-calibrated=FILE',
  });
}

/** What asking an evaluator does outside of a run folder. */
export function accuracyDemands(source: AccuracySource): readonly RunDemand[] {
  if (source.kind === 'predictor') return [];
  return [source.kind === 'command' ? { kind: 'command', text: source.command } : { kind: 'read', text: source.file }];
}

/** Hash of the files that an evaluator reads, so that a resumed run notices other contents; empty where there are none. @throws TrifoldError `io` */
export function accuracySourceHash(source: AccuracySource): string {
  if (source.kind === 'predictor' || source.kind === 'command') return '';
  return createHash('sha256').update(readText(source.file, DOCUMENT_LIMITS.jsonBytes)).digest('hex');
}

/**
 * The evaluator of a source for a space.
 * @throws TrifoldError for files that cannot be read or belong to another space, `unsupported` when the predictor does not know the space
 */
export function openAccuracySource(source: AccuracySource, space: NetworkSpace): AccuracyEvaluator {
  switch (source.kind) {
    case 'predictor':
      return forSpace(shippedPredictor, space);
    case 'table':
      return tableEvaluator(
        space,
        parseAccuracyTable(readText(source.file, DOCUMENT_LIMITS.jsonBytes), source.file, datasetOf(space)),
      );
    case 'command':
      return commandEvaluator(space, { command: source.command, timeLimitSeconds: source.timeLimitSeconds });
    case 'imported': {
      const tensors = source.file.replace(/\.json$/, '.f32');
      const bytes =
        tensors === source.file
          ? null
          : readFileIfThere(tensors, { limitBytes: FILE_LIMITS.tensors, links: 'followed' });
      if (bytes === null)
        throw new TrifoldError('io', `cannot read the tensors of ${source.file}`, {
          hint: 'an index NAME.json needs its tensors in NAME.f32 beside it',
        });
      const weights = parseOfaPredictor(readText(source.file), source.file, bytes);
      return forSpace(importedPredictor(weights, source.calibrated ? OFA_RESNET50_CALIBRATION : null), space);
    }
  }
}

function forSpace(evaluator: AccuracyEvaluator, space: NetworkSpace): AccuracyEvaluator {
  if (evaluator.space === space.name) return evaluator;
  throw new TrifoldError(
    'unsupported',
    `the ${evaluator.name} knows networks of ${evaluator.space}, not of ${space.name}`,
    {
      hint: "say who does: --accuracy table=FILE or --accuracy command='PROGRAM'",
    },
  );
}

function datasetOf(space: NetworkSpace): TableDataset {
  if (space.name.endsWith('cifar100')) return 'cifar100';
  return space.name.endsWith('imagenet16-120') ? 'imagenet16-120' : 'cifar10';
}
