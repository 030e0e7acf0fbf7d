import { shownText } from './shown-text.ts';

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
  /** What follows the message, a line each: several problems, several reasons. */
  readonly lines?: readonly string[];
  /** Advice to the user. */
  readonly hint?: string;
}

/** The one error class that users see: a code, a place, a key path and a hint. The command line alone prints it and sets the exit code. */
export class TrifoldError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** The message without the lines that follow it. */
  readonly headline: string;

  constructor(code: ErrorCode, headline: string, details: ErrorDetails = {}) {
    super([headline, ...(details.lines ?? [])].join('\n'));
    this.name = 'TrifoldError';
    this.code = code;
    this.headline = headline;
    this.details = details;
  }
}

/**
 * The error as lines of text: `file:line:column: message`, the key path, the hint. What stands in them of files and command lines
 * can neither move the cursor nor look like a line of its own.
 */
export function describeError({ code, headline, details }: TrifoldError): string {
  const { place, keyPath, lines = [], hint } = details;
  // A message about a file as a whole names it.
  const isNamed = place !== undefined && place.line === undefined && headline.includes(place.file);
  const position =
    place === undefined || isNamed
      ? ''
      : [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  const [first, ...others] = [headline, ...lines];
  const described = [`${position === '' ? '' : `${position}: `}${first}`, ...others];
  described[described.length - 1] += ` [${code}]`;
  if (keyPath !== undefined && keyPath !== '') described.push(`  at key: ${keyPath}`);
  if (hint !== undefined) described.push(`  hint: ${hint}`);
  return described.map(shownText).join('\n');
}
