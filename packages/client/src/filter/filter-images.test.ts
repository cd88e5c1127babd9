import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseDigest } from '@naru/oci/digest';
import type { Image, ImageRef } from '../layout/image.ts';
import { filterImages, isDangling } from './filter-images.ts';
import { parseFilters } from './parse-filters.ts';

const known = ['reference', 'dangling', 'label', 'label!', 'before', 'since', 'until'];
const now = 1_800_000_000_000;
const digestOf = (number: number) => parseDigest(`sha256:${number.toString(16).padStart(64, '0')}`);

const label = fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'));
const images = fc.uniqueArray(
  fc.record({
    number: fc.integer({ min: 1, max: 1000 }),
    createdAt: fc.integer({ min: now - 10_000, max: now }),
    labels: fc.array(label),
    names: fc.uniqueArray(fc.constantFrom('app', 'web', 'team/app', 'team/web'), { maxLength: 3 }),
  }),
  { selector: ({ number }) => number, maxLength: 8 },
);

function imageOf({ number, createdAt, labels, names }: { number: number; createdAt: number; labels: [string, string][]; names: string[] }): Image {
  const manifest = { mediaType: 'x', digest: digestOf(number + 5000), size: 1 };
  const refs = names.map((name): ImageRef => {
    const repository = `docker.io/${name.includes('/') ? name : `library/${name}`}`;
    return { name: `${repository}:${number}`, kind: 'tag', repository, manifest: manifest.digest, target: manifest, changedAt: 0 };
  });
  return { id: digestOf(number), manifest, createdAt, sizeBytes: 0, labels: Object.fromEntries(labels), platform: 'linux/amd64', refs };
}

const filter = (list: readonly Image[], ...filters: string[]) => filterImages(list, parseFilters(filters, known), now);
const ids = (list: readonly Image[]) => list.map(({ id }) => id);

test('different filters narrow each other, whatever their order', () => {
  fc.assert(
    fc.property(
      images,
      fc.subarray(['label=a', 'label=b=1', 'label!=a=2', 'reference=team/*', 'dangling=false', 'until=5s'], { minLength: 1 }),
      (made, filters) => {
        const list = made.map(imageOf);
        const all = ids(filter(list, ...filters));
        expect(ids(filter(list, ...filters.toReversed()))).toEqual(all);
        expect(all).toEqual(ids(list).filter((id) => filters.every((one) => ids(filter(list, one)).includes(id))));
      },
    ),
  );
});

test('several references widen, and show the names that match', () => {
  fc.assert(
    fc.property(images, (made) => {
      const list = made.map(imageOf);
      const names = (found: readonly Image[]) => found.flatMap(({ refs }) => refs.map(({ name }) => name)).toSorted();
      expect(names(filter(list, 'reference=app', 'reference=team/*'))).toEqual(
        [...names(filter(list, 'reference=app')), ...names(filter(list, 'reference=team/*'))].toSorted(),
      );
      expect(names(filter(list, 'reference=**'))).toEqual(names(list));
    }),
  );
});

test('an image is dangling or not, and made before or since another or at the same time', () => {
  fc.assert(
    fc.property(images, (made) => {
      const list = made.map(imageOf);
      expect([...ids(filter(list, 'dangling=true')), ...ids(filter(list, 'dangling=false'))].toSorted()).toEqual(ids(list).toSorted());
      expect(filter(list, 'dangling=true').every(isDangling)).toBe(true);
      for (const { id, createdAt } of list) {
        const same = list.filter((image) => image.createdAt === createdAt);
        expect([...ids(filter(list, `before=${id}`)), ...ids(filter(list, `since=${id}`)), ...ids(same)].toSorted()).toEqual(ids(list).toSorted());
      }
    }),
  );
});
