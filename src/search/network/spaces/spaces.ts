import { TrifoldError } from '../../../util/errors.ts';
import { accelNasBench } from './accel-nasbench.ts';
import { mobileNetV2Ibn } from './mobilenetv2-ibn.ts';
import { nasBench201 } from './nas-bench-201.ts';
import { nasBenchMacro } from './nas-bench-macro.ts';
import type { NetworkSpace } from './network-space.ts';
import { ofaMobileNetV3, ofaProxyless } from './ofa-mobile.ts';
import { ofaResnet50 } from './ofa-resnet50.ts';

/** All network spaces; the first is the default. */
export const NETWORK_SPACES: readonly NetworkSpace[] = [
  ofaResnet50,
  ofaMobileNetV3(1),
  ofaMobileNetV3(1.2),
  ofaProxyless(),
  mobileNetV2Ibn,
  nasBenchMacro,
  nasBench201('cifar10'),
  nasBench201('cifar100'),
  nasBench201('imagenet16-120'),
  accelNasBench,
];

/** The space of a name. @throws TrifoldError `not-found` with the names there are */
export function findNetworkSpace(name: string): NetworkSpace {
  const found = NETWORK_SPACES.find((space) => space.name === name);
  if (found !== undefined) return found;
  throw new TrifoldError('not-found', `no network space is named '${name}'`, {
    hint: `there are ${NETWORK_SPACES.map((space) => space.name).join(', ')}`,
  });
}
