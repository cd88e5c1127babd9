/** Kinds of values that only the settings of a directory have. */
import { text } from './values.ts';

/** A filter (RFC 4515) in which words in braces stand for what is put in. */
export function ldapFilter(...words: readonly string[]) {
  const needed = words.map((word) => `{${word}}`);
  return text()
    .refine((filter) => /^\(.*\)$/s.test(filter) && balance(filter) === 0, { error: 'a filter is written in parentheses, like (uid={login})' })
    .refine((filter) => needed.some((word) => filter.includes(word)), { error: `it says nothing of the person: ${needed.join(' or ')} must be in it` })
    .meta({ title: 'filter' });
}

/** RFC 4512 2.5: a name, or a dotted number. */
export function attributeName() {
  return text()
    .refine((name) => /^[A-Za-z0-9][A-Za-z0-9.;-]*$/.test(name), { error: 'this is no name of an attribute' })
    .meta({ title: 'attribute' });
}

function balance(filter: string): number {
  return filter.split('(').length - filter.split(')').length;
}
