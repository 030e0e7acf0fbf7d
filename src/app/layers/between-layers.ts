import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { MappingRequest } from '../../options/mapping.ts';
import { isUnfit, type Retention, retentionOf } from '../../schedule/retention.ts';
import type { ScheduleSpace } from '../../search/schedule/declared-space.ts';
import { TrifoldError } from '../../util/errors.ts';
import { networkSequence } from '../../workload/graph/network-sequence.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import type { Network } from '../../workload/network.ts';
