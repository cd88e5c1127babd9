/**
 * `Warning: 299 - "text"` (distribution-spec "Warnings"): what a registry wants its users to read.
 * Other codes are caches talking to caches.
 */
import { readQuotedString, readToken, skipCommas, skipSpace } from '@naru/oci/field-syntax';
import { remoteLimits } from './limits.ts';
import { printable } from './remote-error.ts';

/** The texts, ready to be shown. */
export function parseWarnings(header: string | null): string[] {
  if (header === null) return [];
  const texts: string[] = [];
  let at = skipCommas(header, 0);
  while (at < header.length && texts.length < remoteLimits.warnings) {
    const code = readToken(header, at);
    // The agent is a host with a port or a dash: anything up to a blank.
    const agent = code && /[^ \t",]+/y;
    if (!code || !agent) break;
    agent.lastIndex = skipSpace(header, code.end);
    const end = agent.test(header) ? agent.lastIndex : -1;
    const text = end < 0 ? undefined : readQuotedString(header, skipSpace(header, end));
    if (!text) break;
    if (code.value === '299') texts.push(printable(text.value.slice(0, remoteLimits.warningLength)));
    // A date may follow; then the next warning.
    at = skipSpace(header, text.end);
    at = skipSpace(header, readQuotedString(header, at)?.end ?? at);
    if (header[at] !== ',') break;
    at = skipCommas(header, at);
  }
  return texts;
}
