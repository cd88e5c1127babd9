/** Asks the indexes of `text-index.ts`. FTS5 expressions are made here and nowhere else. */
import { sql } from 'kysely';
import type { TextIndex } from '../database.ts';

/** The index of letters knows three in a row; what is shorter is looked for where words begin. */
const lettersMin = 3;

export const sqliteTextIndex: TextIndex = {
  matching(terms, where) {
    const isLong = (term: string) => Array.from(term).length >= lettersMin;
    const long = terms.filter(isLong).map(quote);
    const short = terms.filter((term) => !isLong(term)).map((term) => `${quote(term.normalize('NFC'))}*`);
    const letters = sql`select rowid as search_id from repository_letters where repository_letters match ${expression(long, where)}`;
    const words = sql`select rowid as search_id from repository_words where repository_words match ${expression(short, where)}`;
    if (short.length === 0) return sql`(${letters})`;
    return long.length === 0 ? sql`(${words})` : sql`(${letters} and +rowid in (${words}))`;
  },

  async listWords(db, beginning, limit) {
    const rows = await db
      .selectFrom(sql<{ term: string }>`repository_word`.as('word'))
      .select('word.term')
      .where('word.term', '>=', beginning)
      .where('word.term', '<', `${beginning}\u{10ffff}`)
      .limit(limit)
      .execute();
    return rows.map(({ term }) => term);
  },
};

function expression(quoted: readonly string[], where: 'name' | 'anywhere'): string {
  const all = quoted.join(' AND ');
  return where === 'name' ? `name : (${all})` : all;
}

function quote(term: string): string {
  return `"${term.replaceAll('"', '""')}"`;
}
