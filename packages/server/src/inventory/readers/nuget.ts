/** .NET: NAME.deps.json beside a program says which packages it was published with. */
import { found, isRecord, noPackages, type PackageReader, parseJson, text } from './reader.ts';

export const nugetReader: PackageReader = {
  wants: (path) => path.endsWith('.deps.json'),
  maxBytes: 16 * 1024 * 1024,
  read(content) {
    const file = parseJson(content);
    const libraries = isRecord(file) ? file['libraries'] : undefined;
    if (!isRecord(libraries)) return noPackages;
    return {
      packages: Object.entries(libraries).flatMap(([key, library]) => {
        // `Newtonsoft.Json/13.0.3`; projects of one's own are libraries, too.
        const [name, version] = key.split('/').map(text);
        return isRecord(library) && library['type'] === 'package' && name && version ? [found('nuget', name, version)] : [];
      }),
    };
  },
};
