/** Rows or keys per statement: below every engine's limit of parameters, and few texts to prepare. */
const chunkSize = 100;

export function chunks<T>(items: readonly T[], size: number = chunkSize): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
