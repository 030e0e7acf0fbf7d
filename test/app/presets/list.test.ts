import { describe, expect, it } from 'vitest';
import { listPresets, showPresets } from '../../../src/app/presets/list.ts';
import { NETWORK_SPACES } from '../../../src/search/network/spaces/spaces.ts';

describe('network spaces among the presets', () => {
  it('are listed, each once, by name', () => {
    const { spaces } = listPresets(['spaces']);
    expect(spaces!.map(({ name }) => name)).toEqual(NETWORK_SPACES.map(({ name }) => name));
  });

  it.each(NETWORK_SPACES.map((space) => [space.name, space] as const))(
    '%s is shown with its source, size and every gene',
    (name, space) => {
      const [shown, ...others] = showPresets(`spaces/${name}`);
      expect(others).toEqual([]);
      expect(shown).toMatchObject({ kind: 'spaces', name });
      expect(shown!.text).toContain(`source: ${space.source}`);
      expect(shown!.text).toContain(`networks: ${space.distinctSize} (`);
      for (const { key, values } of space.genes)
        expect(shown!.text.split('\n').some((line) => line.includes(key) && line.endsWith(values.join(', ')))).toBe(
          true,
        );
      expect(showPresets(name)).toEqual([shown]);
    },
  );

  it('are suggested for a name that is nearly one', () => {
    expect(() => showPresets('nas-bench-macr')).toThrowError(
      expect.objectContaining({
        details: expect.objectContaining({ hint: expect.stringContaining('nas-bench-macro') }),
      }),
    );
  });
});
