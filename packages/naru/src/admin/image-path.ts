import { segment } from './api-command.ts';

/** Of an image as docker names it, without the server's address: no tag is `latest`. */
export function imagePath(target: string): string {
  const at = target.indexOf('@');
  const { repository, tag } = splitImage(at < 0 ? target : target.slice(0, at));
  return `/repositories/${repository}/-/images/${segment(at < 0 ? tag : target.slice(at + 1))}`;
}

export function splitImage(target: string): { repository: string; tag: string } {
  const colon = target.lastIndexOf(':');
  return colon < 0 ? { repository: target, tag: 'latest' } : { repository: target.slice(0, colon), tag: target.slice(colon + 1) };
}
