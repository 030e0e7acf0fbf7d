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

/**
 * Finds the accuracy in what a command printed: the last line of stdout that is a number or a JSON object with `top1Percent`.
 * Everything else that it printed is mentioned in the notes.
 */
export function readCommandAnswer(stdout: string, stderr: string): CommandReading {
  const lines = stdout.split('\n').map((line) => line.trim());
  const written = lines.filter((line) => line !== '');
  for (const line of written.toReversed()) {
    const found = answerOf(line);
    if (found === undefined) continue;
    if ('problem' in found) return { ok: false, message: `the accuracy command printed ${found.problem}`, hint: FORM };
    const ignored = written.length - 1;
    const complaints = stderr
      .trim()
      .split('\n')
      .filter((text) => text !== '');
    return {
      ok: true,
      answer: {
        ...found,
        notes: [
          ...found.notes,
          ...(ignored > 0 ? [`the command printed ${ignored} other line${ignored > 1 ? 's' : ''}`] : []),
          ...(complaints.length > 0
            ? [
                `the command wrote ${complaints.length} line(s) to stderr, the last: ${complaints.at(-1)!.slice(0, 200)}`,
              ]
            : []),
        ],
      },
    };
  }
  const what =
    written.length === 0 ? 'nothing' : `no accuracy; its last line is ${JSON.stringify(written.at(-1)!.slice(0, 120))}`;
  return { ok: false, message: `the accuracy command printed ${what}`, hint: FORM };
}

function answerOf(line: string): CommandAnswer | { problem: string } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value === 'number') return checked({ top1Percent: value, errorPoints: null, notes: [] });
  if (typeof value !== 'object' || value === null || !('top1Percent' in value)) return undefined;
  const { top1Percent } = value;
  const errorPoints = 'errorPoints' in value ? value.errorPoints : null;
  const notes = 'notes' in value && Array.isArray(value.notes) ? value.notes.map(String) : [];
  if (typeof top1Percent !== 'number') return { problem: `${JSON.stringify(top1Percent)} as top1Percent` };
  if (errorPoints !== null && (typeof errorPoints !== 'number' || errorPoints < 0))
    return { problem: `${JSON.stringify(errorPoints)} as errorPoints` };
  return checked({ top1Percent, errorPoints, notes });
}

/** Numbers up to 1 are most likely fractions, and no network worth asking about is that bad. */
function checked(answer: CommandAnswer): CommandAnswer | { problem: string } {
  const { top1Percent } = answer;
  if (top1Percent > 1 && top1Percent <= 100) return answer;
  return {
    problem: `${top1Percent}, which is no accuracy in percent${top1Percent > 0 && top1Percent <= 1 ? ' (a fraction?)' : ''}`,
  };
}
