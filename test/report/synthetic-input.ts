import type { ReportInput } from '../../src/report/report-model.ts';
import { type SyntheticOptions, syntheticRun } from '../search/synthetic-run.ts';

/** What a report of a {@link syntheticRun} is made of. */
export function syntheticInput(options: SyntheticOptions = {}): ReportInput {
  const { command = 'design', networks = ['resnet50'], hostile = '', seed = 1 } = options;
  return {
    title: `${networks.join(' + ')} within Eyeriss${hostile}`,
    folder: `runs/${networks.join('-')}-${seed}${hostile}`,
    events: syntheticRun(options),
    configuration: {
      command,
      networks: networks.map((name) => `${name}${hostile}`),
      [`budget${hostile}`]: 'eyeriss',
      objective: 'edp',
      seed,
    },
    commandLine: `trifold ${command} ${networks.join(' ')} --budget eyeriss --seed ${seed}${hostile}`,
    version: '0.1.0',
  };
}
