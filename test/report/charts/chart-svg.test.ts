import { expect, it } from 'vitest';
import { embedSvg } from '../../../src/report/charts/chart-svg.ts';

it('tidies the tags of a chart and leaves the words of users between them', () => {
  const words = ' x="1.23456" url(#a) role="b" id="c" class="foreground"';
  const { text } = embedSvg(
    `<svg class="marks"><g role="b" id="c"><text x="1.23456">${words}</text></g></svg>`,
    'i',
    '',
  );
  expect(text).toBe(`<svg role="img" aria-label="" ><g id="i-0"><text x="1.23">${words}</text></g></svg>`);
});

it('shows what Vega lets through as escapes', () => {
  const { text } = embedSvg('<svg class="marks"><path aria-label="a\u202eb\u0000" d="M0,0"/></svg>', 'i', '');
  expect(text).toContain('<title>a\\u202eb\\x00</title>');
});
