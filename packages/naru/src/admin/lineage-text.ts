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
  readonly golden: readonly { readonly namespace: string; readonly repository: string; readonly tag: string; readonly state: string; readonly now?: string }[];
  readonly next?: number;
};

export function lineageText(body: string): string {
  const { images } = JSON.parse(body) as { images: readonly Image[] }; // our own server's
  if (images.length === 0) return 'this is no image that stands on others\n';
  return images.map((image) => `${imageLines(image).join('\n')}\n`).join('\n');
}

function imageLines({ digest, layers, base, builtOn, usedBy, golden, next }: Image): string[] {
  return [
    `${digest} (${layers} ${layers === 1 ? 'layer' : 'layers'})`,
    ...(base
      ? [`says its base is ${[base.name, base.digest].filter((part) => part !== undefined).join('@')}${base.confirmed ? ', and its layers agree' : ''}`]
      : []),
    ...golden.map(goldenLine),
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

function goldenLine({ namespace, repository, tag, state, now }: Image['golden'][number]): string {
  const of = `golden image of ${namespace === '' ? 'server' : namespace}: ${repository}:${tag}`;
  switch (state) {
    case 'current':
      return of;
    case 'outdated':
      return `${of}, outdated: it is ${now ?? 'elsewhere'} now`;
    case 'deleted':
      return `${of}, which was deleted`;
    default:
      return `${of}, whose approval is over`;
  }
}
