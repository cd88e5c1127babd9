import { describe, expect, test } from 'bun:test';
import { drawBar } from './bar.ts';
import { createTerminalProgress } from './terminal-progress.ts';

describe('a bar', () => {
  test.each([
    [0, 0, 200, ''],
    [0, 100, 200, `[>${' '.repeat(50)}]       0B/100B`],
    [12_300_000, 45_600_000, 200, `[${'='.repeat(13)}>${' '.repeat(37)}]   12.3MB/45.6MB`],
    [100, 100, 200, `[${'='.repeat(50)}>]     100B/100B`],
    [12_300_000, 45_600_000, 110, '  12.3MB/45.6MB'],
    [12_300_000, 0, 200, '  12.3MB'],
    [200, 100, 200, '    200B'],
  ])('%d of %d on %d columns', (bytes, of, columns, expected) => {
    expect(drawBar({ bytes, of }, columns)).toBe(expected);
  });
});

describe('on a terminal', () => {
  test('every part has its own line, and is written over', async () => {
    const { progress, screen } = start();
    progress.line('v1: Pulling from a/b');
    progress.state('aaa', 'Pulling fs layer');
    progress.state('bbb', 'Waiting');
    progress.advance('aaa', 'Downloading', { bytes: 5, of: 10 });
    progress.state('bbb', 'Already exists');
    progress.state('aaa', 'Pull complete');
    progress.line('Digest: d');
    await progress.flush();
    expect(screen()).toEqual(['v1: Pulling from a/b', 'aaa: Pull complete', 'bbb: Already exists', 'Digest: d', '']);
  });

  test('a second block leaves the first alone', async () => {
    const { progress, screen } = start();
    progress.state('aaa', 'Pushed');
    progress.line('v1: digest: d');
    progress.state('aaa', 'Layer already exists');
    progress.line('v2: digest: d');
    await progress.flush();
    expect(screen()).toEqual(['aaa: Pushed', 'v1: digest: d', 'aaa: Layer already exists', 'v2: digest: d', '']);
  });

  test('a bar is drawn ten times a second, and lines never wrap', async () => {
    const { progress, written, clock } = start(20);
    for (let bytes = 0; bytes < 1000; bytes++) {
      clock.now += 1;
      progress.advance('aaa', 'Downloading', { bytes, of: 1000 });
    }
    await progress.flush();
    expect(written.length).toBe(10);
    // oxlint-disable-next-line no-control-regex
    expect(written.every((text) => text.replace(/\u001B\[\d*[A-Z]|[\r\n]/g, '').length < 20)).toBe(true);
  });
});

function start(columns = 200) {
  const written: string[] = [];
  const clock = { now: 0 };
  const write = (text: string) => {
    written.push(text);
    return Promise.resolve();
  };
  const progress = createTerminalProgress({ write, columns: () => columns }, { now: () => clock.now });
  return { progress, written, clock, screen: () => show(written.join('')) };
}

/** What a screen shows after these characters: as much of a terminal as is needed here. */
function show(text: string): string[] {
  const lines = [''];
  let row = 0;
  let column = 0;
  // oxlint-disable-next-line no-control-regex
  for (const [token, count, command] of text.matchAll(/\u001B\[(\d*)([A-Z])|[\s\S]/g)) {
    if (command === 'A') row = Math.max(0, row - Number(count));
    else if (command === 'B') row = Math.min(lines.length - 1, row + Number(count));
    else if (command === 'K') lines[row] = '';
    else if (token === '\r') column = 0;
    else if (token === '\n') {
      row++;
      column = 0;
      if (row === lines.length) lines.push('');
    } else {
      const line = lines[row] ?? '';
      lines[row] = line.slice(0, column) + token + line.slice(column + 1);
      column++;
    }
  }
  return lines;
}
