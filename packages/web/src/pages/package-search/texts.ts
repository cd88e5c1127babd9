import { tableOf } from '../../language/table-of.ts';

const en = {
  title: 'Images with a package',
  lead: 'Among all images that you may pull, with and without tags.',
  name: 'Package',
  version: 'Version, exactly',
  find: 'Find',
  none: 'No image that you may pull has it, as far as this server could look.',
};

const ko: typeof en = {
  title: '패키지가 든 이미지',
  lead: 'pull할 수 있는 모든 이미지에서, 태그가 있든 없든 찾습니다.',
  name: '패키지',
  version: '버전(정확히)',
  find: '찾기',
  none: '이 서버가 살펴본 한, pull할 수 있는 이미지 가운데 이 패키지가 든 것은 없습니다.',
};

export const usePackageTexts = tableOf({ en, ko });
