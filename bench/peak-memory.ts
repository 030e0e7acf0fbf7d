/**
 * Prints the peak memory of a process, `peak N` in KiB, when it ends. On Linux that of its own memory: what the resource usage of Node tells begins with the
 * peak of the process that started it.
 */
const SCRIPT = `import { existsSync, readFileSync } from 'node:fs';
process.on('exit', () => {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const own = /VmHWM:\\s+(\\d+)/.exec(status)?.[1];
  process.stderr.write('\\npeak ' + (own ?? process.resourceUsage().maxRSS) + '\\n');
});`;

/** Arguments of Node that make it print its peak memory. */
export const PRINT_PEAK: readonly string[] = ['--import', `data:text/javascript,${encodeURIComponent(SCRIPT)}`];

/** The peak that a process, or the largest of those that it started, printed, in KiB. @throws RangeError where none did */
export function peakKibibytes(stderr: string): number {
  const peaks = [...stderr.matchAll(/^peak (\d+)$/gm)].map((match) => Number(match[1]));
  if (peaks.length === 0) throw new RangeError('no peak was printed');
  return Math.max(...peaks);
}
