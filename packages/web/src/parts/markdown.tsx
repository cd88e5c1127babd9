/**
 * Markdown of strangers. It becomes HTML through DOMPurify alone, and the page's policy (Trusted Types)
 * lets nothing else do it. Pictures would be fetched from elsewhere, which pages of ours never do: a
 * link with the picture's text stands for each.
 */
import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import { useMemo } from 'react';

export function Markdown({ text }: { text: string }) {
  const html = useMemo(() => sanitise(toHtml(text)), [text]);
  // The type of the property knows text only; browsers take TrustedHTML, and with our policy nothing else.
  return <div className="markdown" dir="auto" dangerouslySetInnerHTML={{ __html: html as unknown as string }} />;
}

const marked = new Marked({
  gfm: true,
  // The page has its heading: those of the text stand below it.
  walkTokens(token) {
    if (token.type === 'heading') token['depth'] = Math.min(6, Number(token['depth']) + 1);
  },
});

function toHtml(text: string): string {
  return marked.parse(text, { async: false });
}

const purifier = DOMPurify();
purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.nodeName === 'A') {
    node.setAttribute('rel', 'nofollow noopener noreferrer');
    if (!/^(?:https?:|mailto:|#)/i.test(node.getAttribute('href') ?? '')) node.removeAttribute('href');
  }
  if (node.nodeName === 'PRE' || node.nodeName === 'TABLE') node.setAttribute('tabindex', '0');
});
purifier.addHook('beforeSanitizeElements', (node) => {
  if (!(node instanceof HTMLImageElement)) return;
  const link = document.createElement('a');
  link.href = node.src;
  link.textContent = node.alt === '' ? node.src.slice(0, 80) : node.alt;
  // A picture is often a link already, and links do not nest.
  node.replaceWith(node.closest('a') === null ? link : (link.textContent ?? ''));
});

function sanitise(html: string): TrustedHTML {
  return purifier.sanitize(html, {
    ALLOWED_TAGS: [
      'a',
      'abbr',
      'b',
      'blockquote',
      'br',
      'code',
      'dd',
      'del',
      'details',
      'div',
      'dl',
      'dt',
      'em',
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'hr',
      'i',
      'img',
      'kbd',
      'li',
      'ol',
      'p',
      'pre',
      's',
      'span',
      'strong',
      'sub',
      'summary',
      'sup',
      'table',
      'tbody',
      'td',
      'th',
      'thead',
      'tr',
      'ul',
    ],
    ALLOWED_ATTR: ['align', 'alt', 'colspan', 'dir', 'href', 'open', 'rowspan', 'src', 'start', 'title'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_TRUSTED_TYPE: true,
  });
}
