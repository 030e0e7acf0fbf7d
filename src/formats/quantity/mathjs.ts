import { createRequire } from 'node:module';
import type { MathJsInstance } from 'mathjs';

/** A new instance of mathjs. Loading takes about half a second, so that only texts that need it may ask. */
export function newMathjs(): MathJsInstance {
  // require is untyped; a synchronous load keeps schema transforms and compilation synchronous.
  const { create, all } = createRequire(import.meta.url)('mathjs') as typeof import('mathjs');
  return create(all!, {});
}
