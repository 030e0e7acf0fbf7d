import { isCount, isObject } from '../../src/study/json-text.ts';
import type { NewRun, RunGuards } from '../../src/study/run.ts';
import { Random, type RandomState } from '../../src/util/random.ts';

/** A small search: every event is drawn from the random state, so a run that is not continued exactly shows it. */
export interface TestEvent {
  readonly kind: 'trial';
  readonly trial: number;
  readonly value: number;
  readonly note: string;
}

export interface TestState {
  readonly told: number;
  readonly random: RandomState;
}

export const GUARDS: RunGuards<TestEvent, TestState> = {
  isEvent: (value): value is TestEvent => isObject(value) && value.kind === 'trial' && isCount(value.trial),
  isState: (value): value is TestState => isObject(value) && isCount(value.told) && isObject(value.random),
};

export const START: NewRun<TestState> = {
  packageVersion: '1.0.0',
  command: ['trifold', 'design', 'resnet50'],
  seed: 7,
  configuration: { budget: 'eyeriss', networks: ['resnet50'] },
  state: { told: 0, random: Random.fromSeed(7).getState() },
};

/** The next event of the search and the state after it. */
export function nextEvent(state: TestState): [TestEvent, TestState] {
  const random = Random.fromState(state.random);
  const length = random.nextInt(40);
  const event: TestEvent = {
    kind: 'trial',
    trial: state.told,
    value: random.nextNormal(),
    note: 'µ√\n"'.repeat(length),
  };
  return [event, { told: state.told + 1, random: random.getState() }];
}

/** The first events of the search. */
export function firstEvents(count: number): TestEvent[] {
  const events: TestEvent[] = [];
  let state = START.state;
  for (let i = 0; i < count; i++) {
    const [event, next] = nextEvent(state);
    events.push(event);
    state = next;
  }
  return events;
}

/** The state after the first events of the search. */
export function stateAfter(count: number): TestState {
  let state = START.state;
  for (let i = 0; i < count; i++) state = nextEvent(state)[1];
  return state;
}
