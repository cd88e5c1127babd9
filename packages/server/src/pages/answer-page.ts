/**
 * Serves the pages of the hub. What a browser opens gets the one document of the application, in the
 * reader's language and theme from its first byte; the files it names never change under their name.
 *
 * Programs that ask for no HTML (curl, health checks) are not answered here.
 */
import { parseEtagList } from '@naru/oci/etag';
import { RegistryError } from '@naru/oci/registry-error';
import { errorReply } from '../http/errors.ts';
import { type Headers, type Reply, reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import { notBuiltPage } from './not-built-page.ts';
import type { BuiltPages, PageFile } from './open-pages.ts';
import { chooseLanguage, chooseTheme } from './reader.ts';

export type PageRequest = Pick<HttpRequest, 'method' | 'path' | 'header'>;

/** No script but our own files, nothing from elsewhere, and no text becomes HTML but through the sanitiser. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dompurify',
].join('; ');

const safety: Headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** First segments of addresses that the application has pages for. */
const sections = /^\/(?:r|_|u|o|search|new|import|settings|admin|sign-in|sign-up|reset-password|account-link|mine|notifications)(?:\/|$)/;
/** What is not for people: a mistyped address here is answered as to a program. */
const machines = /^\/(?:v1|v2|api|token|healthz|readyz|metrics|ca\.crt|\.well-known)(?:\/|$)/;

/** Undefined when somebody else should answer. */
export function answerPage(request: PageRequest, pages: BuiltPages | undefined): Reply | undefined {
  const file = pages?.files.get(request.path);
  const isPage = file === undefined && wantsHtml(request) && !machines.test(request.path);
  if (file === undefined && !isPage) return undefined;
  if (request.method !== 'GET' && request.method !== 'HEAD') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'GET, HEAD' });
  if (file !== undefined) return answerFile(request, file);
  const headers = { ...safety, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache', vary: 'accept, accept-language, cookie' };
  if (pages === undefined) return { ...reply(503, headers, notBuiltPage), route: 'page' };
  const status = request.path === '/' || sections.test(request.path) ? 200 : 404;
  return { ...reply(status, headers, personalised(pages.index, request)), route: 'page' };
}

function wantsHtml({ header }: PageRequest): boolean {
  return header('accept')?.includes('text/html') ?? false;
}

function personalised(index: string, { header }: PageRequest): string {
  const theme = chooseTheme(header('cookie'));
  return index.replace(
    '<html lang="en">',
    `<html lang="${chooseLanguage(header('cookie'), header('accept-language'))}"${theme === undefined ? '' : ` data-theme="${theme}"`}>`,
  );
}

function answerFile({ header }: PageRequest, file: PageFile): Reply {
  const headers: Headers = {
    'content-type': file.type,
    'cache-control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
    'x-content-type-options': 'nosniff',
    etag: file.etag,
    vary: 'accept-encoding',
  };
  const known = header('if-none-match');
  if (known !== undefined && isAmong(file.etag, known)) return { ...reply(304, headers), route: 'page' };
  const accepted = header('accept-encoding') ?? '';
  if (file.br && /\bbr\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(accepted))
    return { ...reply(200, { ...headers, 'content-encoding': 'br' }, file.br), route: 'page' };
  if (file.gzip && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(accepted))
    return { ...reply(200, { ...headers, 'content-encoding': 'gzip' }, file.gzip), route: 'page' };
  return { ...reply(200, headers, file.bytes), route: 'page' };
}

function isAmong(etag: string, header: string): boolean {
  const list = parseEtagList(header);
  return list === '*' || list.includes(etag.slice(1, -1));
}
