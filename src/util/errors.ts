/** Where in a user's file an error lies: 1-based line and column. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Kind of mistake that an error reports; scripts may rely on these words. */
export type ErrorCode =
  | 'usage'
  | 'not-found'
  | 'syntax'
  | 'schema'
  | 'unit'
  | 'value'
  | 'illegal-mapping'
  | 'infeasible'
  | 'time-out'
  | 'io'
  | 'busy'
  | 'foreign'
  | 'unsupported'
  | 'thread';

/** Details of a {@link TrifoldError} beside its message. */
export interface ErrorDetails {
  readonly place?: SourcePlace;
  /** Path of keys to the offending value, e.g. `levels.1.capacity`. */
  readonly keyPath?: string;
  /** Advice to the user. */
  readonly hint?: string;
}

/** The one error class that users see: a code, a place, a key path and a hint. The command line alone prints it and sets the exit code. */
export class TrifoldError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'TrifoldError';
    this.code = code;
    this.details = details;
  }
}

/** The error as lines of text: `file:line:column: message`, the key path, the hint. Characters that a terminal would obey are shown as `\\x1b`. */
export function describeError(error: TrifoldError): string {
  const { place, keyPath, hint } = error.details;
  const position =
    place === undefined ? '' : [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  const lines = [`${position === '' ? '' : `${position}: `}${error.message} [${error.code}]`];
  if (keyPath !== undefined && keyPath !== '') lines.push(`  at key: ${keyPath}`);
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  const shown = (control: string) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return lines.join('\n').replace(/(?![\n\t])\p{Cc}/gu, shown);
}
