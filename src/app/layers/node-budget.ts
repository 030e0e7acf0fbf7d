/** Nodes between two polls of the exact search. */
const POLL_NODES = 1024;
/** Nodes that each layer may use even when the others have used up those of all. */
const LEAST_LAYER_NODES = 200_000;

/** A limit on the partial mappings that the exact searches of several layers bound together. */
export interface NodeBudget {
  readonly shouldStop: () => boolean;
  readonly nextLayer: () => void;
  readonly isUsedUp: () => boolean;
}

/** Ends exact searches after so many nodes in all, but lets every layer have a few. Counts polls, so equal searches end equally. */
export function nodeBudget(nodeLimit: number): NodeBudget {
  let polls = 0;
  let ofLayer = 0;
  const isUsedUp = () => polls * POLL_NODES > nodeLimit && ofLayer * POLL_NODES > LEAST_LAYER_NODES;
  return {
    shouldStop: () => {
      polls++;
      ofLayer++;
      return isUsedUp();
    },
    nextLayer: () => {
      ofLayer = 0;
    },
    isUsedUp,
  };
}
