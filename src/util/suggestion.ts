/** Edits (insert, delete, replace, swap neighbours) that turn one word into another: optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** Longest word of which the edits are counted: they take the product of both lengths. */
const LONGEST = 100;

/**
 * The known word that a typo most likely meant: within a third of its length in edits, but not all its letters, case ignored; undefined when
 * none is near.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let nearestDistance = Number.POSITIVE_INFINITY;
  for (const other of known) {
    const length = Math.max(word.length, other.length);
    const most = Math.max(1, Math.floor(length / 3));
    if (length > LONGEST || Math.abs(word.length - other.length) > most) continue;
    const distance = editDistance(word.toLowerCase(), other.toLowerCase());
    if (distance < Math.min(nearestDistance, length) && distance <= most) {
      nearest = other;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** A hint for an unknown word: the nearest known one, one that it begins with or that begins with it, or the list. @param most words of the list that are shown */
export function suggestWord(word: string, known: readonly string[], most = 15): string {
  return meantWord(word, known) ?? knownWords(known, most);
}

/** A hint that names the word that was meant; undefined where none is near. */
export function meantWord(word: string, known: readonly string[]): string | undefined {
  const nearest = nearestWord(word, known) ?? wordWithSameStart(word, known);
  return nearest === undefined ? undefined : `did you mean '${nearest}'?`;
}

/** A hint that lists what is known. @param most words of the list that are shown */
export function knownWords(known: readonly string[], most = 15): string {
  const shown = known.slice(0, most).join(', ');
  return `known are ${shown}${known.length > most ? ', …' : ''}`;
}

/** The only known word that begins with a word, or that a word begins with, of at least four letters. */
function wordWithSameStart(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const same = known.filter((other) => {
    const [short, long] = [typed, other.toLowerCase()].sort((a, b) => a.length - b.length);
    return short!.length >= 4 && long!.startsWith(short!);
  });
  return same.length === 1 ? same[0] : undefined;
}
