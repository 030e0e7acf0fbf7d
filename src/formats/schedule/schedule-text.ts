import { Document as YamlDocument } from 'yaml';
import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { levelsOfMapping, textOfMappings } from '../mapping-levels.ts';
import type { StepMapping } from './step-mappings.ts';

/** What a saved schedule says of itself. */
export interface ScheduleHeader {
  readonly name: string;
  readonly source: string;
  /** Name of the network. */
  readonly workload: string;
  readonly batch: number;
  /** Name of the level in which activations stay. */
  readonly retentionLevel: string;
}

/**
 * A schedule as YAML text that `readSchedule` reads back to the same schedule and mappings.
 * @param mappings by segment
 */
export function formatSchedule(
  header: ScheduleHeader,
  accelerator: Accelerator,
  { tensors, storages, operators }: Sequence,
  { homes, pinned, segments }: Schedule,
  mappings: readonly (readonly StepMapping[])[],
): string {
  const named = (index: number) => operators[index]!.name;
  const withHome = (home: 'retained' | 'fused') =>
    storages.flatMap(({ name }, index) => (homes[index] === home ? [name] : []));
  const document = new YamlDocument({
    name: header.name,
    source: header.source,
    accelerator: accelerator.name,
    workload: header.workload,
    batch: header.batch,
    retentionLevel: header.retentionLevel,
    homes: { retained: withHome('retained'), fused: withHome('fused') },
    pinned: pinned.map(named),
    segments: segments.map(({ first, end, loops, halo, held }, index) => ({
      from: named(first),
      ...(end - first > 1 && {
        to: named(end - 1),
        loops: loops.map(({ axis, tile }) => `${axis} ${tile}`),
      }),
      ...((end - first > 1 || halo !== 'cached') && { halo }),
      ...(held.length > 0 && {
        held: {
          tensors: held.flatMap((one) => (one.kind === 'tensor' ? [tensors[one.tensor]!.name] : [])),
          parameters: held.flatMap((one) => (one.kind === 'parameters' ? [named(one.operator)] : [])),
        },
      }),
      mappings: mappings[index]!.map(({ operator, iteration, mapping }) => ({
        operator: named(operator),
        ...(iteration > 0 && { iteration }),
        levels: levelsOfMapping(accelerator, mapping),
      })),
    })),
  });
  return textOfMappings(document, ['segments', 'mappings', 'levels']);
}
