import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mappingFileName, mappingFileNames } from '../../../src/app/map/mapping-text.ts';
import { nameSchema } from '../../../src/formats/name-schema.ts';
import { hostileText } from '../../util/hostile-text.ts';

const name = fc.oneof(
  hostileText,
  fc.constantFrom(
    'a/b',
    'a-b',
    'a-b-2',
    'A',
    'a',
    'CON',
    'nul.',
    '..',
    '../../x',
    're\u0301s',
    'r\u00e9s',
    '日本',
    '中国',
    '',
  ),
  fc.string({ minLength: 150, maxLength: 200 }),
);

describe('names of the files with mappings', () => {
  it('are plain, short, and different on every file system', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), (networks) => {
        const files = mappingFileNames(networks);
        expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(networks.length);
        for (const file of files) expect(file).toMatch(/^mapping-[A-Za-z0-9_.-]{0,110}\.yaml$/);
      }),
    );
  });

  it('are those of the networks where these are plain', () => {
    expect(mappingFileNames(['resnet50', 'a/b', 'a-b', 'A-B'])).toEqual([
      'mapping-resnet50.yaml',
      'mapping-a-b.yaml',
      'mapping-a-b-2.yaml',
      'mapping-A-B-3.yaml',
    ]);
    expect(mappingFileName('resnet50')).toBe('mapping-resnet50.yaml');
  });
});

describe('a name in a file', () => {
  it.each(['x', '日本語 ネット', 'a/b', "<b> & 'c'", 'x'.repeat(200)])('may be %s', (text) => {
    expect(nameSchema.safeParse(text).success).toBe(true);
  });

  it.each(['', ' x', 'x ', 'two\nlines', 'a\rb', 'a\u2028b'])('may not be %j', (text) => {
    expect(nameSchema.safeParse(text).error?.issues[0]?.message).toMatch(/^is not a name\nuse one line/);
  });

  it('has a most length', () => {
    expect(nameSchema.safeParse('x'.repeat(300)).error?.issues[0]?.message).toMatch(
      /^has 300 characters\nuse at most 200/,
    );
  });
});
