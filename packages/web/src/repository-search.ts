/** What stands behind the `?` of the addresses of a repository. Most of it is of the page of an image. */
export type RepositorySearch = {
  readonly tag?: string;
  /** The digest of the image for one platform; of a list of tags, its name. */
  readonly platform?: string;
  /** Which tags are listed, and in which order. */
  readonly filter?: string;
  readonly order?: string;
  /** Which part of the page, and which one of those that it lists. */
  readonly view?: string;
  readonly item?: string;
  /** A folder of the image, and a file that is open. */
  readonly path?: string;
  readonly file?: string;
  /** The one layer that is looked at. */
  readonly layer?: string;
  /** What the image is compared with: a tag or digest, and its repository when that is another one. */
  readonly with?: string;
  readonly of?: string;
  /** Which findings and packages are listed. */
  readonly severity?: string;
  readonly fixable?: string;
  readonly package?: string;
};

const names = ['tag', 'platform', 'filter', 'order', 'view', 'item', 'path', 'file', 'layer', 'with', 'of', 'severity', 'fixable', 'package'] as const;

export function readRepositorySearch(search: Readonly<Record<string, unknown>>): RepositorySearch {
  return Object.fromEntries(names.flatMap((name) => Object.entries(searchText(search, name))));
}

export function searchText<Name extends string>(search: Readonly<Record<string, unknown>>, name: Name): { [Key in Name]?: string } {
  const value = search[name];
  // The router reads what looks like a number or JSON as such, and tags may look like either.
  const found = typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  return (found === undefined ? {} : { [name]: found }) as { [Key in Name]?: string }; // a computed key has no type of its own
}
