import { describe, expect, it } from 'vitest';
import { pageFiles } from '../../../src/report/page/page-files.ts';
import type { MeasuredSource, ValidationInput } from '../../../src/report/validation/measured-source.ts';
import { renderValidation, VALIDATION_FILES } from '../../../src/report/validation/render-validation.ts';

const few: MeasuredSource = {
  ...{ id: 'few', title: 'Few <b>', unit: 'ms', spearman: 0.5, meanAbsoluteError: 0.25, source: 'their table' },
  points: [
    { name: 'one & two', kind: 'stick', measured: 2, model: 3 },
    { name: 'three', kind: 'board', measured: 200, model: 100 },
    { name: '</svg><script>x()</script>', kind: '"><script>', measured: 20, model: 10 },
  ],
  ...{ facts: [['Mappings proven best', '8 of 9']], notes: ['a note'] },
};
const many: MeasuredSource = {
  ...{ id: 'many', title: 'Many', unit: 'cycles', spearman: null, meanAbsoluteError: null, source: 'another' },
  points: Array.from({ length: 1500 }, (_, i) => ({
    name: `n${i}`,
    kind: 'array',
    measured: 1 + i,
    model: 2 + (i % 70),
  })),
  ...{ facts: [], notes: [] },
};
const none: MeasuredSource = { ...few, id: 'none', title: 'None', points: [], spearman: null, meanAbsoluteError: null };

const input: ValidationInput = {
  ...{ title: 'Measured', commandLine: 'trifold validate chips', version: '1.2.3', sources: [few, many, none] },
  notModelled: [{ text: 'no stalls', accelerators: 'a, b' }],
  notGiven: ['Boards: not given'],
};
const { html, csv } = await renderValidation(input);
const sectionOf = (id: string) => html.split('<section ').find((part) => part.startsWith(`id="${id}"`)) ?? '';

describe('the page of measured and modelled figures', () => {
  it('has a plot of each source with rank and error in its caption and its name for screen readers', () => {
    const section = sectionOf('few');
    expect(section.match(/<svg [^>]*role="img"/g)).toHaveLength(2);
    expect(section).toContain(
      'Few &lt;b&gt;: modelled against measured ms of 3 points; rank correlation 0.500, mean error 25.0%',
    );
    expect(section).toMatch(/<figcaption>.*<data value="0.5">0.500<\/data>.*<data value="0.25">25.0%<\/data>/);
    expect(section).toContain('Source: their table');
  });

  it('says of each of few points what it is, in the plot and in a table', () => {
    const section = sectionOf('few');
    expect(section).toContain('one &amp; two (stick): measured 2 ms, modelled 3, +50.0%');
    expect(section).toMatch(/<th scope="row">three<\/th><td[^>]*>board<\/td>.*<data value="-0.5">/);
    expect(section).toContain('<ul class="legend">');
  });

  it('draws many points as a raster of bounded size, without a text each', () => {
    const section = sectionOf('many');
    expect(section.length).toBeLessThan(200_000);
    expect(section).not.toContain('n77');
    expect(section).toContain('the more points lie in it');
    expect(section).toContain('no rank correlation');
  });

  it('lists sources without figures in the summary alone, what is not given, and what remains', () => {
    expect(sectionOf('none')).toBe('');
    expect(sectionOf('summary')).toContain('None');
    expect(sectionOf('summary')).not.toContain('href="#none"');
    expect(sectionOf('summary')).toContain('Boards: not given');
    expect(sectionOf('limits')).toMatch(/no stalls.*\(a, b\)/);
  });

  it('comes with all figures as CSV, names its files and runs no script but that of pages', () => {
    const lines = csv['figures.csv']!.trim().split('\r\n');
    expect(lines).toHaveLength(1 + 3 + 1500);
    expect(lines[1]).toBe('Few <b>,ms,one & two,stick,2,3');
    expect(pageFiles(html)).toEqual([...VALIDATION_FILES]);
    expect(html.match(/<script/g)).toHaveLength(1);
  });

  it('is the same for the same input', async () => {
    expect((await renderValidation(input)).html).toBe(html);
  });
});
