import { readDescription } from '../../study/run-files.ts';

/** What kind of run a folder holds: `map`, `design`, `cosearch`; empty when its configuration does not say. @throws TrifoldError `foreign`, `io` */
export function runKind(directory: string): string {
  const { configuration } = readDescription(directory);
  return typeof configuration === 'object' && configuration !== null && 'kind' in configuration
    ? String(configuration.kind)
    : '';
}
