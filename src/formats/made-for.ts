import { type Document, errorAt } from './document/document.ts';

/** What a file says that it is made for, and what it is used for. */
export interface Use {
  /** The key, which is also the option that names it. */
  readonly key: 'accelerator' | 'workload' | 'batch';
  /** Undefined: the file does not say. */
  readonly made: string | number | undefined;
  readonly used: string | number | undefined;
}

/**
 * Refuses a file that is used for another accelerator, workload or batch than it names.
 * @param what it holds, in the plural
 * @throws TrifoldError with place and key
 */
export function refuseOtherUse(document: Document, what: string, uses: readonly Use[]): void {
  for (const { key, made, used } of uses)
    if (made !== undefined && made !== used)
      throw errorAt(
        document,
        [key],
        'value',
        `these ${what} are for ${key} ${made}, not for ${used}`,
        `take --${key} ${made}, or write ${key}: ${used} here if the ${what} are meant for it`,
      );
}
