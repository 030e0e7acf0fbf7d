/**
 * Adds optional platform packages to package-lock.json that npm left out because the registry at hand does not have them: `npm ci` refuses
 * a lock file without them on every platform. Run with `npx tsx scripts/complete-lockfile.ts` after changing dependencies.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const SYSTEMS = ['android', 'darwin', 'win32', 'linux', 'freebsd', 'openharmony'];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'arm'];

const FILE = 'package-lock.json';
// The file is npm's own: version 3 of the format has this shape.
const lock = JSON.parse(readFileSync(FILE, 'utf8')) as { packages: Record<string, LockEntry> };
const known = Object.keys(lock.packages);
const missing: [string, LockEntry & Record<string, unknown>][] = [];
for (const entry of Object.values(lock.packages))
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (known.some((path) => path.endsWith(`node_modules/${name}`))) continue;
    const suffix = name.split('/').at(-1)!;
    const system = SYSTEMS.find((word) => suffix.includes(word));
    if (system === undefined) throw new Error(`${name} names no platform`);
    const processor = PROCESSORS.find((word) => suffix.includes(word));
    missing.push([
      `node_modules/${name}`,
      {
        version: range.replace(/^[\^~]/, ''),
        ...(processor === undefined ? {} : { cpu: [processor] }),
        ...(entry.dev === true ? { dev: true } : {}),
        ...(system === 'linux' ? { libc: [suffix.includes('musl') ? 'musl' : 'glibc'] } : {}),
        optional: true,
        os: [system],
      },
    ]);
  }
const { '': root, ...packages } = lock.packages;
const sorted = [...Object.entries(packages), ...missing].sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: { '': root, ...Object.fromEntries(sorted) } }, null, 2)}\n`);
console.log(`${missing.length} optional packages added`);
