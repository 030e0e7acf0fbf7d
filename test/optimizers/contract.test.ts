import { CmaSearch } from '../../src/optimizers/cma-search.ts';
import { Evolution } from '../../src/optimizers/evolution.ts';
import { RandomSearch } from '../../src/optimizers/random-search.ts';
import { describeOptimizerContract } from '../contracts/optimizer.ts';

describeOptimizerContract({
  name: 'random search',
  create: (space, seed) => RandomSearch.create(space, { seed }),
  fromState: RandomSearch.fromState,
});

describeOptimizerContract({
  name: 'evolution',
  create: (space, seed) => Evolution.create(space, { seed }),
  fromState: Evolution.fromState,
  easyBudget: 1500,
});

describeOptimizerContract({
  name: 'CMA-ES',
  create: (space, seed) => CmaSearch.create(space, { seed }),
  fromState: CmaSearch.fromState,
  easyBudget: 1500,
});

describeOptimizerContract({
  name: 'CMA-ES, diagonal, not active',
  create: (space, seed) => CmaSearch.create(space, { seed, covariance: 'diagonal', active: false }),
  fromState: CmaSearch.fromState,
  easyBudget: 1500,
});

describeOptimizerContract({
  name: 'CMA-ES with IPOP restarts',
  create: (space, seed) =>
    CmaSearch.create(space, { seed, restarts: 'ipop', maxRestarts: 3, stop: { maxGenerations: 3 } }),
  fromState: CmaSearch.fromState,
});

describeOptimizerContract({
  name: 'CMA-ES with BIPOP restarts',
  create: (space, seed) => CmaSearch.create(space, { seed, restarts: 'bipop' }),
  fromState: CmaSearch.fromState,
  easyBudget: 3000,
});
