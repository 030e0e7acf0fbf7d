import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, escapeHtml, html, renderPage, trusted } from '../../../src/report/page/html.ts';
import { unescapeHtml } from '../pages.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const markupText = fc.string({
  unit: fc.constantFrom('<', '>', '"', "'", '&', '`', ';', 'a', '/', '#', '=', ' '),
  maxLength: 30,
});

describe('escaping', () => {
  it('leaves nothing that ends text or a quoted attribute', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyText, markupText),
        (text) => !/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96);)/.test(escapeHtml(text)),
      ),
    );
  });

  it('loses nothing but what no page may hold', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, markupText), (text) => {
        expect(unescapeHtml(escapeHtml(text))).toBe(cleanText(text));
      }),
    );
    fc.assert(
      fc.property(
        fc
          .string({ unit: 'grapheme', maxLength: 40 })
          .filter((text) => !/[\r\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|\p{M}{5}/u.test(text)),
        (text) => cleanText(text) === text,
      ),
    );
  });

  it('shows control characters, lone surrogates and turns of direction as escapes', () => {
    expect(cleanText('a\u0000b\u001bc\u202ed\ud800e\u0085f')).toBe('a\\x00b\\x1bc\\u202ed\\ud800e\\x85f');
    expect(cleanText('tab\tline\r\nend')).toBe('tab\\tline\nend');
    expect(cleanText('\ud83d\ude80 \u00e9 \u4e2d')).toBe('\ud83d\ude80 \u00e9 \u4e2d');
  });

  it('escapes every hole of a template but markup', () => {
    expect(html`<p title="${'"'}">${['<', html`<b>${'&'}</b>`]}${null}${undefined}${3}</p>`.text).toBe(
      '<p title="&quot;">&lt;<b>&amp;</b>3</p>',
    );
    expect(html`${trusted('<i>')}`.text).toBe('<i>');
  });

  it('gives a page a policy that names its own style and script only', () => {
    const page = renderPage({ title: '</title>', style: 'p{}', script: 'void 0', body: html`` });
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/style-src 'sha256-[A-Za-z0-9+/=]{44}'; script-src 'sha256-[A-Za-z0-9+/=]{44}'/);
    expect(policy).not.toContain('unsafe');
    expect(page).toContain('<title>&lt;/title&gt;</title>');
  });
});
