import type { Accelerator } from '../../accelerator/accelerator.ts';

/** An accelerator without what real hardware adds to the counts and the time of its levels, its arrays and its network. */
export function withoutOverheads({ link: _, tiles: __, levels, ...accelerator }: Accelerator): Accelerator {
  return {
    ...accelerator,
    levels: levels.map(({ launch, refetch, spill, requests, drain, compression, overlap, fanOut, ...level }) => {
      const { fill, rampCycles, ...network } = fanOut;
      return { ...level, fanOut: network };
    }),
  };
}
