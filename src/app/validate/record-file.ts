import { TEMPORAL_REUSES, type TemporalReuse } from '../../cost/temporal-reuse.ts';
import { isDosaTable } from '../../formats/dosa-rows.ts';
import { type DosaValidation, validateDosaRows } from './dosa-rows.ts';
import { type RecordValidation, readRecords, validateRecords } from './records.ts';

/** What a file of recorded results holds, compared with the model. */
export type RecordFileValidation =
  | { readonly kind: 'records'; readonly rule: TemporalReuse; readonly result: RecordValidation }
  | { readonly kind: 'rows'; readonly result: DosaValidation };

/**
 * Compares the model with a file of records, or of rows of DOSA's data set.
 * @param rule of temporal reuse; absent: `exact` for records, every one for rows
 * @throws TrifoldError `io`, `syntax`, `schema` or `value` with the place
 */
export function validateRecordFile(file: string, rule?: TemporalReuse): RecordFileValidation {
  const document = readRecords(file);
  if (isDosaTable(document))
    return { kind: 'rows', result: validateDosaRows(document, rule === undefined ? TEMPORAL_REUSES : [rule]) };
  const [first] = TEMPORAL_REUSES;
  return { kind: 'records', rule: rule ?? first, result: validateRecords(document, rule ?? first) };
}
