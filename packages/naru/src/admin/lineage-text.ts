/** What `naru lineage` prints: each image, what it was built on, and what was built on it. */

type Relative = {
  readonly digest: string;
  readonly witness: string;
  readonly places: readonly { readonly repository: string; readonly tags: readonly string[] }[];
};
type Image = {
  readonly digest: string;
  readonly layers: number;
  readonly base?: { readonly digest?: string; readonly name?: string; readonly confirmed: boolean };
  readonly builtOn: readonly Relative[];
  readonly usedBy: readonly Relative[];
  readonly next?: number;
};

export function lineageText(body: string): string {
  const { images } = JSON.parse(body) as { images: readonly Image[] }; // our own server's
  if (images.length === 0) return 'this is no image that stands on others\n';
  return images.map((image) => `${imageLines(image).join('\n')}\n`).join('\n');
}

function imageLines({ digest, layers, base, builtOn, usedBy, next }: Image): string[] {
  return [
    `${digest} (${layers} ${layers === 1 ? 'layer' : 'layers'})`,
    ...(base
      ? [`says its base is ${[base.name, base.digest].filter((part) => part !== undefined).join('@')}${base.confirmed ? ', and its layers agree' : ''}`]
      : []),
    'built on:',
    ...relativeLines(builtOn),
    'used by:',
    ...relativeLines(usedBy),
    ...(next === undefined ? [] : ['  … and more: ask for more with --limit']),
  ];
}

function relativeLines(relatives: readonly Relative[]): string[] {
  if (relatives.length === 0) return ['  nothing that you may see'];
  return relatives.flatMap(({ digest, witness, places }) =>
    places.map(
      ({ repository, tags }) =>
        `  ${repository}${tags.length === 0 ? '' : `:${tags.join(',')}`}@${digest}${witness === 'layers' ? '' : ' (only said by an annotation)'}`,
    ),
  );
}
