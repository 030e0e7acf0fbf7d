import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandText } from '../../../src/app/run/command-text.ts';

describe('command to repeat a run', () => {
  it('is read back by a shell word for word', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '$', '*', '\\', '!', '~', '=', '<', '\n') });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        const program = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
        const script = `'${process.execPath}' -e '${program}' -- ${commandText(words)}`;
        expect(JSON.parse(execFileSync('bash', ['-c', script], { encoding: 'utf8' }))).toEqual(words);
      }),
      { numRuns: 12 },
    );
  });

  it('leaves out the folder that exists already, and quotes only what needs it', () => {
    expect(commandText(['trifold', 'map', 'vgg16', '--out', 'runs/a b', '--objective', 'energy * latency^2'])).toBe(
      "trifold map vgg16 --objective 'energy * latency^2'",
    );
    expect(commandText(['trifold', 'design', 'resnet50', '--out=x', '--vary', 'L2=64KiB..1MiB'])).toBe(
      'trifold design resnet50 --vary L2=64KiB..1MiB',
    );
  });
});
