/**
 * Figures printed by NAAS (Lin, Yang, Han, DAC 2021, arXiv 2105.13258); gains are factors above 1. `verified` ones stand in the text of the paper;
 * the single bars of figure 8 come from lecture notes of the authors, paired so that the four ratios of the text come out.
 */

/** Networks of section III: large ones on Edge TPU and NVDLA-1024, mobile ones on the others. */
export const LARGE_NETWORKS = ['vgg16', 'resnet50', 'unet'] as const;
/** See {@link LARGE_NETWORKS}. */
export const MOBILE_NETWORKS = ['mobilenetv2', 'squeezenet', 'mnasnet-a1'] as const;

/** Figure 5: geometric means over the three networks of each budget, against the baseline design. */
export const FIGURE_5 = [
  { budget: 'edge-tpu', workloads: LARGE_NETWORKS, speedup: 2.6, energySaving: 1.1 },
  { budget: 'nvdla-1024', workloads: LARGE_NETWORKS, speedup: 2.2, energySaving: 1.1 },
  { budget: 'eyeriss', workloads: MOBILE_NETWORKS, speedup: 4.4, energySaving: 2.1 },
  { budget: 'nvdla-256', workloads: MOBILE_NETWORKS, speedup: 1.7, energySaving: 1.4 },
  { budget: 'shidiannao', workloads: MOBILE_NETWORKS, speedup: 4.4, energySaving: 4.9 },
] as const;

/** Figure 8: EDP reduction against the baseline design by sizing only and by the full search; the ratio is in the text. */
export const FIGURE_8 = [
  { budget: 'edge-tpu', workload: 'vgg16', sizing: 2.1, full: 7.4, ratio: 3.52 },
  { budget: 'edge-tpu', workload: 'mobilenetv2', sizing: 1.2, full: 1.7, ratio: 1.42 },
  { budget: 'nvdla-1024', workload: 'vgg16', sizing: 2.3, full: 6.0, ratio: 2.61 },
  { budget: 'nvdla-1024', workload: 'mobilenetv2', sizing: 1.3, full: 2.1, ratio: 1.62 },
] as const;

/** Figure 9: EDP reduction with index and with importance encoding (of accelerator and mapping); the setting is not printed. */
export const FIGURE_9 = { index: 1.4, importance: 7.4 } as const;
