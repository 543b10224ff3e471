import fc from 'fast-check';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { readMarkdown } from '@/lib/chat/markdown';
import { layOut } from './lay-out';

/** The elements of a text as markup; what would be drawn of the text itself stands in guillemets. */
const markup = (text: string): string =>
  renderToStaticMarkup(layOut(text, ([start, end]) => `«${text.slice(start, end)}»`));
const words = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
    .replace(/[«»]/g, '');

describe('what served models write', () => {
  test('lists, tight and loose, one within another', () => {
    expect(markup('Two:\n\n1. red\n2. blue\n   - pale\n')).toBe(
      '<p>«Two:»</p><ol start="1"><li>«red»</li><li>«blue»<ul><li>«pale»</li></ul></li></ol>',
    );
    expect(markup('- a\n\n- b\n')).toBe('<ul><li><p>«a»</p></li><li><p>«b»</p></li></ul>');
    expect(markup('3. from\n4. three')).toContain('<ol start="3">');
  });

  test('tables with the alignment of their columns', () => {
    expect(markup('| shape | n |\n|:--|--:|\n| cube | 3 |')).toBe(
      '<section class="reply-table" aria-label="Table" tabindex="0"><table><thead><tr>' +
        '<th scope="col" style="text-align:left">«shape»</th><th scope="col" style="text-align:right">«n»</th>' +
        '</tr></thead><tbody><tr><td style="text-align:left">«cube»</td><td style="text-align:right">«3»</td></tr></tbody></table></section>',
    );
  });

  test('code, headings, quotations, rules, emphasis', () => {
    expect(markup('```py\na < b\n```\nend')).toBe(
      '<pre tabindex="0"><code>a &lt; b</code></pre><p>«end»</p>',
    );
    expect(markup('## So\n\n> it *is* **so** `x`\n\n---\nend')).toBe(
      '<h5>«So»</h5><blockquote><p>«it »<em>«is»</em>« »<strong>«so»</strong>« »<code>x</code></p></blockquote><hr/><p>«end»</p>',
    );
    expect(markup('**Answer: 4** of 5')).toBe('<p><strong>«Answer: 4»</strong>« of 5»</p>');
  });

  test('the lines of a paragraph stay lines, within a list and a quotation too', () => {
    expect(markup('a\nb')).toBe('<p>«a\nb»</p>');
    expect(markup('- a\n  b\n- c')).toBe('<ul><li>«a\n»«b»</li><li>«c»</li></ul>');
    expect(words(markup('> a\n> b'))).toBe('a\nb');
  });
});

describe('what is no Markdown', () => {
  test.each([
    '2*3*4',
    '- 5',
    '# of cubes',
    '> 3',
    'x_1 and x_2',
    '5 * 4 * 3',
    '&amp; [1] [2]',
    '    indented\nb',
  ])('%s stays what it is', (text) => {
    expect(words(markup(text))).toBe(text.trimStart());
    expect(markup(text)).not.toMatch(/<(?!\/?p>)/);
  });

  test('formulas and boxes are drawn whole, whatever signs they have', () => {
    expect(markup('so \\(a_1 * b_1 * c\\) and **$x_1$**\nend')).toBe(
      '<p>«so \\(a_1 * b_1 * c\\) and »<strong>«$x_1$»</strong>«\nend»</p>',
    );
    expect(markup('It is\n\n\\[\n- x\n\n- y\n\\]\n\n- {"bbox_2d": [1, 2, 3, 4]}\n- b')).toBe(
      '<p>«It is»</p><p>«\\[\n- x\n\n- y\n\\]»</p><ul><li>«{&quot;bbox_2d&quot;: [1, 2, 3, 4]}»</li><li>«b»</li></ul>',
    );
    expect(markup('`$x$` is code\n\n```\n$y$ \\(z\\)\n```')).toBe(
      '<p><code>$x$</code>« is code»</p><pre tabindex="0"><code>$y$ \\(z\\)</code></pre>',
    );
  });
});

describe('hostile texts', () => {
  test('markup is text', () => {
    for (const text of [
      '<img src=x onerror=alert(1)>',
      'a\n\n<script>alert(1)</script>\n\nb',
      '<!-- a -->\n\n<details open ontoggle=alert(1)>',
      '`<b>` <iframe src="https://example.com">',
    ]) {
      expect(markup(text)).not.toMatch(/<(?!\/?(?:p|code)>)/);
      expect(words(markup(text)).replace(/\s/g, '')).toBe(text.replace(/[\s`]/g, ''));
    }
  });

  test('links lead to http and https, with nothing told to where they lead; others are text', () => {
    expect(markup('[here](https://example.org/a?b=c "t") x')).toBe(
      '<p><a href="https://example.org/a?b=c" title="https://example.org/a?b=c" target="_blank" rel="noopener noreferrer nofollow ugc">«here»</a>« x»</p>',
    );
    for (const url of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java\tscript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'vbscript:x',
      'file:///etc/passwd',
      '//example.org',
      '/runs',
      '#top',
      'mailto:a@example.org',
    ]) {
      expect(markup(`[here](${url})`)).not.toContain('<a');
      expect(markup(`[here](<${url}>) and <${url}>`)).not.toContain('<a');
    }
  });

  test('pictures are not fetched', () => {
    const html = markup('![a cat](https://example.org/cat.png) ![](data:image/png;base64,AAAA)');
    expect(html).not.toContain('<img');
    expect(html).toContain('href="https://example.org/cat.png"');
    expect(html).toContain('>a cat</a>');
    expect(html).not.toContain('href="data:');
  });

  test('what is nested deep, or full of signs, is shown as it is written', () => {
    for (const text of [
      '>'.repeat(5_000),
      '- '.repeat(5_000),
      '1. '.repeat(5_000),
      '*a_'.repeat(5_000),
      'a\n'.repeat(20_000),
    ])
      expect(readMarkdown(text)).toBeNull();
    const steps = Array.from({ length: 60 }, (_, depth) => `${'  '.repeat(depth)}- ${depth}`).join('\n');
    for (let depth = 0; depth < 60; depth++) expect(markup(steps)).toContain(String(depth));
    expect(markup(steps).match(/<ul>/g)?.length).toBeLessThan(20);
  });

  test('of any text every letter and digit is shown, in its order, and nothing but known elements', () => {
    const signs = fc.constantFrom(
      ...[
        '*',
        '**',
        '_',
        '`',
        '```',
        '\n',
        '\n\n',
        ' ',
        '- ',
        '1. ',
        '> ',
        '# ',
        '|',
        '|-|',
        '$',
        '\\(',
        '\\)',
        '\\',
      ],
      ...[
        '[',
        '](',
        ')',
        '!',
        '<',
        '>',
        '&amp;',
        'a',
        'b1',
        'ü',
        '😀',
        '\uE000',
        '[1, 2, 3, 4]',
        '<b>',
        '~~~',
        '+ ',
      ],
    );
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        const html = markup(text);
        expect(html).not.toMatch(
          /<(?!\/?(?:p|ul|ol|li|em|strong|code|pre|blockquote|h4|h5|h6|hr|section|table|thead|tbody|tr|th|td)\b)/,
        );
        // A list's numbers are the browser's, a fence's word names its language, a table's row ends with its columns.
        if (/\d\.|```|~~~|\|/.test(text)) return;
        expect(
          words(html)
            .match(/[\p{L}\d😀]/gu)
            ?.join('') ?? '',
        ).toBe(text.match(/[\p{L}\d😀]/gu)?.join('') ?? '');
      }),
      { numRuns: 500 },
    );
  });
});
