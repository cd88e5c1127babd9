/** `naru history IMAGE`: the steps that made it, the newest first. */
import { humanDuration } from '../format/human-duration.ts';
import { humanSize } from '../format/human-size.ts';
import { formatList } from '../format/list-format.ts';
import { templateRecord, type TemplateRecord } from '../format/template/value.ts';
import { rfc3339 } from '../format/time-text.ts';
import { configMaxBytes, parseImageConfig } from '../layout/image-config.ts';
import type { ClientCommand } from './command.ts';
import { jsonDocument } from './json-document.ts';
import { exitCodes, findOrComplain, readStore, shortId } from './image-command.ts';

const typeName = '*image.historyContext';
const header = templateRecord(typeName, {
  ID: 'IMAGE',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  CreatedBy: 'CREATED BY',
  Size: 'SIZE',
  Comment: 'COMMENT',
});
const createdByWidth = 45;
/** What is older was never a date: reproducible builds write 1970 or 1980. */
const oldestDate = Date.UTC(2000);

export const imageHistory: ClientCommand = (line, context) =>
  readStore(line, context, async (store) => {
    const found = await findOrComplain(store.listImages(), line.words?.[0] ?? '', context);
    if (found === undefined) return exitCodes.failed;
    const { image } = found;
    const { history, createdAt } = parseImageConfig(store.readBlob(image.id, configMaxBytes));
    const layers = store.listLayers(image.manifest.digest);
    // A config may say nothing of how it came about: then each layer is a step.
    const steps = history.length > 0 ? history : layers.map(() => ({ createdBy: '', comment: '', isEmpty: false }));
    const now = context.clock.now();
    // One letter and a value are read as `-H` `=false`.
    const isHuman = line.values['human']?.replace(/^=/, '') !== 'false';
    const truncate = !line.switches.has('no-trunc');
    let next = 0;
    const facts = steps.map((step) => ({ ...step, bytes: step.isEmpty ? 0 : (layers[next++]?.fileBytes ?? 0) }));
    if (line.switches.has('json')) {
      await context.terminal.out(
        jsonDocument(
          facts
            .map((step) => ({
              created: 'created' in step ? (step.created ?? null) : null,
              createdBy: step.createdBy,
              comment: step.comment,
              isEmpty: step.isEmpty,
              sizeBytes: step.bytes,
            }))
            .reverse(),
        ),
      );
      return exitCodes.done;
    }
    const rows = facts.map(({ bytes, ...step }, index): TemplateRecord => {
      const isTop = index === steps.length - 1;
      const created = Date.parse(('created' in step ? step.created : undefined) ?? '') || (isTop ? (createdAt ?? 0) : 0);
      const createdBy = step.createdBy.replaceAll('\t', ' ');
      return templateRecord(typeName, {
        ID: isTop ? (truncate ? shortId(image.id) : image.id) : '<missing>',
        CreatedSince: !isHuman ? rfc3339(created) : created <= oldestDate ? '' : `${humanDuration(now - created)} ago`,
        CreatedAt: rfc3339(created),
        CreatedBy: truncate ? ellipsis(createdBy, createdByWidth) : createdBy,
        Size: isHuman ? humanSize(bytes, 3) : String(bytes),
        Comment: step.comment,
      });
    });
    const table = line.switches.has('quiet')
      ? '{{.ID}}'
      : `table {{.ID}}\t${isHuman ? '{{.CreatedSince}}' : '{{.CreatedAt}}'}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}`;
    const format = line.values['format'] ?? 'table';
    await context.terminal.out(formatList(format === 'table' ? table : format, header, rows.reverse()));
    return exitCodes.done;
  });

function ellipsis(text: string, width: number): string {
  const letters = Array.from(text);
  return letters.length <= width ? text : `${letters.slice(0, width - 1).join('')}…`;
}
