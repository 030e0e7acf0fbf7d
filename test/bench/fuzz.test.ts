import { describe, expect, it } from 'vitest';
import type { FuzzFormat } from '../../bench/fuzz/format.ts';
import { allFormats } from '../../bench/fuzz/formats.ts';
import { Fuzzer, type Outcome } from '../../bench/fuzz/fuzz.ts';
import { mustHold, mustRead, mustSurviveJson } from '../../bench/fuzz/invariants.ts';
import { TrifoldError } from '../../src/util/errors.ts';

const INPUTS = 240;
const SEED = 67;

function format(run: FuzzFormat['run'], seeds = [Buffer.from('{"a": [1, "two"]}')]): FuzzFormat {
  return { name: 'made up', weight: 1, data: 'yaml', seeds, run };
}

async function outcomeOf(run: FuzzFormat['run']): Promise<Outcome> {
  return (await new Fuzzer([format(run)], 1).try(0)).outcome;
}

describe('damaged and hostile inputs of every format', () => {
  it('end in a result that holds together or in a refusal', async () => {
    const formats = await allFormats();
    const fuzzer = new Fuzzer(formats, SEED);
    const faults: string[] = [];
    const drawn = new Map<string, Set<Outcome>>();
    for (let number = 0; number < INPUTS; number++) {
      const { format, outcome, error, bytes } = await fuzzer.try(number);
      drawn.set(format, (drawn.get(format) ?? new Set()).add(outcome));
      if (outcome === 'crashed' || outcome === 'wrong')
        faults.push(`${format} ${outcome}: ${error instanceof Error ? error.stack : error}\n${bytes}`);
    }
    expect(faults).toEqual([]);
    expect([...drawn.keys()].sort()).toEqual(formats.map(({ name }) => name).sort());
    const accepted = [...drawn.values()].filter((outcomes) => outcomes.has('accepted'));
    expect(accepted.length).toBeGreaterThan(formats.length * 0.7);
  });
});

describe('the fuzzer', () => {
  it('makes the same inputs of the same seed, and others of another', async () => {
    const inputs = async (seed: number) => {
      const fuzzer = new Fuzzer([format(() => {})], seed);
      const texts: string[] = [];
      for (let number = 0; number < 20; number++) texts.push((await fuzzer.try(number)).bytes.toString('latin1'));
      return texts;
    };
    expect(await inputs(1)).toEqual(await inputs(1));
    expect(await inputs(1)).not.toEqual(await inputs(2));
    expect(new Set(await inputs(1)).size).toBeGreaterThan(15);
  });

  it('tells refusals from crashes and from results that are wrong', async () => {
    const refuse = (message: string) => () => {
      throw new TrifoldError('schema', message);
    };
    expect(await outcomeOf(() => {})).toBe('accepted');
    expect(await outcomeOf(refuse('no'))).toBe('refused: schema');
    expect(await outcomeOf(refuse('undefined is not allowed'))).toBe('wrong');
    expect(await outcomeOf(refuse('x'.repeat(100_000)))).toBe('wrong');
    expect(await outcomeOf(() => Promise.reject(new RangeError('Set maximum size exceeded')))).toBe('crashed');
    expect(await outcomeOf(() => mustSurviveJson({ a: [{ b: Number.NaN }] }))).toBe('wrong');
    expect(await outcomeOf(() => mustRead('gap <= Infinity %', 'name: net'))).toBe('wrong');
    expect(await outcomeOf(() => mustRead('name Infinity', 'name: Infinity'))).toBe('accepted');
    expect(await outcomeOf(() => mustHold(false, 'no'))).toBe('wrong');
  });
});
