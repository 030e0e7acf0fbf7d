import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { formatAccelerator } from '../../formats/accelerator-text.ts';
import { toCsv } from '../../report/csv.ts';
import { describeDesign, designSpecification } from '../../search/accelerator/design-specification.ts';
import type { FrontPoint } from '../../search/ports.ts';
import { BASELINE_TRIAL, trialCell } from '../../search/trials.ts';

/** A file to be written: name and text. */
export interface FrontFile {
  readonly name: string;
  readonly text: string;
}

/** The front by latency, lowest first. */
export function byLatency(front: readonly FrontPoint[]): FrontPoint[] {
  return [...front].sort((a, b) => a.cycles - b.cycles || a.trial - b.trial);
}

/**
 * The front of energy, latency and area as files: `front.csv` with all figures, and every accelerator as `front-<trial>.yaml`, which the other
 * commands read. Figures are those of the search (every layer with its own best mapping, or the best schedule of what stays on chip), geometric means over several networks.
 * @param template what the designs were made from
 */
export function frontFiles(front: readonly FrontPoint[], template: AcceleratorSpecification): FrontFile[] {
  const rows = byLatency(front);
  const csv = toCsv(
    [
      'trial',
      'energy_pj',
      'cycles',
      'edp_pj_cycles',
      'area_mm2',
      'pes',
      'l1_bytes_per_pe',
      'l2_bytes',
      'array',
      'file',
    ],
    rows.map(({ trial, energyPj, cycles, areaMm2, design }) => [
      trialCell(trial),
      energyPj,
      cycles,
      energyPj * cycles,
      areaMm2,
      design.processingElements,
      design.l1BytesPerPe,
      design.l2Bytes,
      describeDesign(design).split(',')[0]!,
      fileName(trial),
    ]),
  );
  return [
    { name: 'front.csv', text: csv },
    ...rows.map(({ trial, design }) => ({
      name: fileName(trial),
      text: formatAccelerator(
        trial === BASELINE_TRIAL ? template : designSpecification(design, template, nameOf(template, trial)),
      ),
    })),
  ];
}

/** A name with room for what later runs add to it. */
function nameOf({ name }: AcceleratorSpecification, trial: number): string {
  return `${name.length <= 180 ? name : /^.{0,90}/u.exec(name)![0]}-${trial}`;
}

function fileName(trial: number): string {
  return `front-${trialCell(trial)}.yaml`;
}
