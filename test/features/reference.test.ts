import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePages } from '../../scripts/reference.ts';

const pages = await referencePages();

describe('generated pages are as the code says (npm run docs)', () => {
  for (const { path, text } of pages) {
    test(path, () => {
      expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toBe(text);
    });
  }
});
