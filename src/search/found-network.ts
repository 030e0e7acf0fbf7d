/** Estimated accuracy of a network. Plain JSON. */
export interface AccuracyEstimate {
  readonly kind: 'estimate';
  /** Top-1 accuracy in percent that a search compares and holds against its accuracy floor. */
  readonly top1Percent: number;
  /** Top-1 accuracy in percent to report: the test figure of a table that has a validation figure too, else the same. */
  readonly reportedTop1Percent: number;
  /** Standard error of the reported figure in points; null when nobody knows. */
  readonly errorPoints: number | null;
  readonly source: string;
  /** Whether the network lies where the error was measured. */
  readonly inDomain: boolean;
  /** Whether the evaluator cannot distinguish this network from better ones. */
  readonly saturated: boolean;
  /** Notes for readers of the figure. */
  readonly notes: readonly string[];
}

/** Objective of a co-search for a front: scores are means over the front (`meanFrontRatio`), no EDP of one network. Layers are mapped for EDP. */
export const FRONT_OBJECTIVE = 'accuracy and edp';

/** A network of a space in events and results. Plain JSON. */
export interface FoundNetwork {
  /** Name of the space. */
  readonly space: string;
  /** Equal for networks that are the same decision. */
  readonly key: string;
  /** The genes by name, as networks of the space are published. */
  readonly genes: Readonly<Record<string, string | number | readonly (string | number)[]>>;
  readonly accuracy: AccuracyEstimate;
  readonly macs: number;
  readonly parameters: number;
}

/** A point of the front of accuracy against EDP. */
export interface AccuracyPoint {
  readonly trial: number;
  readonly network: FoundNetwork;
  readonly energyPj: number;
  readonly cycles: number;
  readonly edpPjCycles: number;
  readonly areaMm2: number;
}

/** The networks that a co-search samples, and the accuracy that it asks for. */
export interface SpaceSummary {
  readonly name: string;
  readonly title: string;
  /** Number of distinct networks. */
  readonly size: number;
  /** Who says how accurate a network is. */
  readonly accuracySource: string;
  /** Least top-1 accuracy in percent; null when the search is for a front without an accuracy floor. */
  readonly floorPercent: number | null;
}
