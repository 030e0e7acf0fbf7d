import type { Key as InkKey } from 'ink';
import type { Key } from '../state/ui-state.ts';

/** The key presses of one chunk of input as Ink reports it; several characters where it was typed fast. */
export function keyOf(input: string, key: InkKey): Key[] {
  if (key.ctrl) {
    if (input === 'c') return [{ kind: 'named', name: 'interrupt' }];
    if (input === 'z') return [{ kind: 'named', name: 'suspend' }];
    return input === 'l' ? [{ kind: 'named', name: 'redraw' }] : [];
  }
  if (key.upArrow) return [{ kind: 'named', name: 'up' }];
  if (key.downArrow) return [{ kind: 'named', name: 'down' }];
  if (key.leftArrow) return [{ kind: 'named', name: 'left' }];
  if (key.rightArrow) return [{ kind: 'named', name: 'right' }];
  if (key.pageUp) return [{ kind: 'named', name: 'page-up' }];
  if (key.pageDown) return [{ kind: 'named', name: 'page-down' }];
  if (key.home) return [{ kind: 'named', name: 'home' }];
  if (key.end) return [{ kind: 'named', name: 'end' }];
  if (key.return) return [{ kind: 'named', name: 'enter' }];
  if (key.tab) return [{ kind: 'named', name: key.shift ? 'back-tab' : 'tab' }];
  if (key.escape) return [{ kind: 'named', name: 'escape' }];
  if (key.meta) return [];
  return Array.from(input, (character): Key => {
    if (character === '\r' || character === '\n') return { kind: 'named', name: 'enter' };
    return character === '\t' ? { kind: 'named', name: 'tab' } : { kind: 'character', character };
  });
}
