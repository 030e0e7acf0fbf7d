/** The answer of an accuracy command. Plain JSON. */
export interface CommandAnswer {
  readonly top1Percent: number;
  /** Standard error in points; null when the command gave none. */
  readonly errorPoints: number | null;
  readonly notes: readonly string[];
}

/** An answer, or why there is none. */
export type CommandReading =
  | { readonly ok: true; readonly answer: CommandAnswer }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const FORM = 'print the top-1 accuracy in percent as the last line: 76.3 or {"top1Percent": 76.3, "errorPoints": 0.2}';

/** Written lines from the end among which the answer is looked for. */
const MOST_LINES = 1000;
/** Answers are part of every state of a run: notes are few and short. */
const MOST_NOTES = 10;
const NOTE_LENGTH = 300;
/** Keys of an answer that are not read and that are named. */
const NAMED_KEYS = 5;

/**
 * Finds the accuracy in what a command printed: the last line of stdout that is a number or a JSON object with `top1Percent`.
 * Everything else that it printed is mentioned in the notes.
 */
export function readCommandAnswer(stdout: string, stderr: string): CommandReading {
  const written = lastLines(stdout);
  for (const line of written) {
    const found = answerOf(line);
    if (found === undefined) continue;
    if ('problem' in found) return { ok: false, message: `the accuracy command printed ${found.problem}`, hint: FORM };
    return { ok: true, answer: { ...found, notes: [...found.notes, ...printedNotes(stdout, stderr)] } };
  }
  const what =
    written.length === 0 ? 'nothing' : `no accuracy; its last line is ${JSON.stringify(cut(written[0]!, 120))}`;
  return { ok: false, message: `the accuracy command printed ${what}`, hint: FORM };
}

function printedNotes(stdout: string, stderr: string): string[] {
  const ignored = countLines(stdout) - 1;
  const complaints = countLines(stderr);
  return [
    ...(ignored > 0 ? [`the command printed ${ignored} other line${ignored > 1 ? 's' : ''}`] : []),
    ...(complaints > 0
      ? [`the command wrote ${complaints} line(s) to stderr, the last: ${cut(lastLines(stderr, 1)[0]!, 200)}`]
      : []),
  ];
}

/** Lines that are not blank, from the last on: a long text is not split as a whole. */
export function lastLines(text: string, most = MOST_LINES): string[] {
  const lines: string[] = [];
  for (let end = text.length; end > 0 && lines.length < most; ) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end).trim();
    if (line !== '') lines.push(line);
    end = start - 1;
  }
  return lines;
}

/** Lines that are not blank. */
function countLines(text: string): number {
  let count = 0;
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    if (text.slice(start, end).trim() !== '') count++;
    start = end + 1;
  }
  return count;
}

type Found = CommandAnswer | { readonly problem: string };

function answerOf(line: string): Found | undefined {
  if (!/^[-\d{]/.test(line)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value === 'number') return checked(value, null, [], []);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'top1Percent')) return undefined;
  const { top1Percent, errorPoints = null, notes = [], ...rest }: Record<string, unknown> = { ...value };
  return checked(top1Percent, errorPoints, notes, Object.keys(rest));
}

/** Numbers up to 1 are most likely fractions, and no network worth asking about is that bad. */
function checked(top1Percent: unknown, errorPoints: unknown, notes: unknown, others: readonly string[]): Found {
  if (typeof top1Percent !== 'number') return { problem: `${shown(top1Percent)} as top1Percent` };
  if (!(top1Percent > 1 && top1Percent <= 100)) {
    const isFraction = top1Percent > 0 && top1Percent <= 1;
    return { problem: `${top1Percent}, which is no accuracy in percent${isFraction ? ' (a fraction?)' : ''}` };
  }
  if (errorPoints !== null && !(typeof errorPoints === 'number' && errorPoints >= 0 && errorPoints <= 100))
    return { problem: `${shown(errorPoints)} as errorPoints, which is no standard error in points` };
  if (!isTexts(notes)) return { problem: `${shown(notes)} as notes, which is no list of texts` };
  return {
    top1Percent,
    // A negative zero would not be the same once it is read again.
    errorPoints: errorPoints === 0 ? 0 : errorPoints,
    notes: [
      ...notes.slice(0, MOST_NOTES).map((note) => cut(note, NOTE_LENGTH)),
      ...(notes.length > MOST_NOTES ? [`${notes.length - MOST_NOTES} further notes are not kept`] : []),
      ...(others.length > 0 ? [`keys of the answer that are not read: ${namesOf(others)}`] : []),
    ],
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function namesOf(keys: readonly string[]): string {
  const named = keys.slice(0, NAMED_KEYS).map((key) => JSON.stringify(cut(key, 40)));
  return [...named, ...(keys.length > NAMED_KEYS ? [`${keys.length - NAMED_KEYS} more`] : [])].join(', ');
}

/** A value for a message; what is nested could be of any depth. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, 60));
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** The beginning of a text that may be long; no character is cut in two. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
