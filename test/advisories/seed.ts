/** Puts what is installed in an image into the rows, as if it had been looked at: for what is tried here, images need not be read. */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import type { PackageType } from '@naru/server/inventory/package';

export type SeedPackage = {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly namespace?: string;
  readonly distribution?: string;
  readonly source?: readonly [name: string, version: string];
  readonly layer?: string;
  readonly path?: string;
  readonly licences?: readonly string[];
};

/** The server of that folder may run. */
export async function seedInventory(data: string, image: string, packages: readonly SeedPackage[], state = 'done'): Promise<void> {
  using database = new Database(join(data, 'naru.db'));
  database.run('PRAGMA busy_timeout = 10000');
  // The server looks into what was pushed: what is put here is put over what it found.
  while (database.query('SELECT 1 FROM image_inventory WHERE digest = ?').get(image) === null) await Bun.sleep(20);
  database.run('BEGIN IMMEDIATE');
  const problems = JSON.stringify(state === 'done' ? [] : ['nobody could read it']);
  database.run('UPDATE image_inventory SET state = ?, problems = ? WHERE digest = ?', [state, problems, image]);
  const { id: number } = database.query('SELECT id FROM image_inventory WHERE digest = ?').get(image) as { id: number }; // just inserted
  for (const one of packages) {
    const { type, name, version, namespace = '', distribution = '', source = ['', ''], layer = image, path = 'db', licences = [] } = one;
    const row = [distribution, type, namespace, name, version, ...source, ''];
    database.run(
      'INSERT OR IGNORE INTO package_version (distribution, type, namespace, name, version, source_name, source_version, architecture) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      row,
    );
    const { id } = database
      .query(
        'SELECT id FROM package_version WHERE distribution = ? AND type = ? AND namespace = ? AND name = ? AND version = ? AND source_name = ? AND source_version = ? AND architecture = ?',
      )
      .get(...row) as { id: number }; // just inserted
    const placed = [number, id, path, layer, JSON.stringify(licences)];
    database.run('INSERT OR IGNORE INTO image_package (image, package, path, layer, licences) VALUES (?, ?, ?, ?, ?)', placed);
  }
  database.run('COMMIT');
}
