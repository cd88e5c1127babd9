/** `naru image ls`, `naru images`: the images of the local store. */
import { filterImages, listFilters } from '../filter/filter-images.ts';
import { type Filters, parseFilters } from '../filter/parse-filters.ts';
import { formatList, isTableFormat } from '../format/list-format.ts';
import type { ClientCommand } from './command.ts';
import { exitCodes, nameOptions, readStore } from './image-command.ts';
import { imageJson } from './image-json.ts';
import { imageHeader, imageRows } from './image-rows.ts';
import { jsonDocument } from './json-document.ts';

const created = '{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}';

export const imageLs: ClientCommand = async (line, context) => {
  const { values, switches, lists = {}, words = [] } = line;
  const filters = withPattern(parseFilters(lists['filter'] ?? [], listFilters), words[0]);
  const now = context.clock.now();
  const names = await nameOptions(context);
  const images = await readStore(line, context, (store) => filterImages(store.listImages(), filters, now, names));
  if (switches.has('json')) {
    await context.terminal.out(jsonDocument(images.map((image) => imageJson(image, names))));
    return exitCodes.done;
  }
  const digests = switches.has('digests');
  const format = chooseFormat(values['format'] ?? 'table', { quiet: switches.has('quiet'), digests });
  const options = { now, truncate: !switches.has('no-trunc'), digests: digests || format.includes('{{.Digest}}'), names };
  await context.terminal.out(
    formatList(
      format,
      imageHeader,
      images.flatMap((image) => imageRows(image, options)),
    ),
  );
  if (images.length === 0 && line.name === 'images' && words[0] === 'ls') {
    await context.terminal.err('\nNo images found matching "ls": did you mean "naru image ls"?\n');
  }
  return exitCodes.done;
};

/** The word is one more pattern for the names. */
function withPattern(filters: Filters, word: string | undefined): Filters {
  return word === undefined ? filters : new Map([...filters, ['reference', [...(filters.get('reference') ?? []), word]]]);
}

function chooseFormat(format: string, { quiet, digests }: { quiet: boolean; digests: boolean }): string {
  if (format === 'table') return quiet ? '{{.ID}}' : `table {{.Repository}}\t{{.Tag}}\t${digests ? '{{.Digest}}\t' : ''}{{.ID}}\t${created}\t{{.Size}}`;
  if (format === 'raw') {
    return quiet
      ? 'image_id: {{.ID}}'
      : `repository: {{ .Repository }}\ntag: {{.Tag}}\n${digests ? 'digest: {{.Digest}}\n' : ''}image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n`;
  }
  return isTableFormat(format) && digests && !format.includes('{{.Digest}}') ? `${format}\t{{.Digest}}` : format;
}
