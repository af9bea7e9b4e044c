/** A race that an earlier page kept: offered, taken, dismissed, and what becomes of the offer where something else happens. */
import { beforeEach, describe, expect, it } from 'vitest';
import { controllerScene, initial, type ControllerScene } from './controller-fakes';
import { settle } from './fake-engine';

let { engine, session, controller, notices, frame, state, setEta, progress, answerUpdate }: ControllerScene =
  controllerScene();

const offer = { step: 40, steps: 300 };
const offered = () => session.store.getState().offer;
const start = async () => {
  await controller.start('auto');
  await settle();
  frame();
};

beforeEach(() => {
  ({ engine, session, controller, notices, frame, state, setEta, progress, answerUpdate } = controllerScene());
  engine.kept = offer;
});

describe('a kept race', () => {
  it('is offered instead of being computed anew', async () => {
    await start();
    expect(offered()).toEqual(offer);
    expect(engine.names).toEqual([]);
  });

  it('of another arithmetic is offered as what it is', async () => {
    engine.kept = { ...offer, other: 'webgpu' };
    await start();
    expect(offered()).toEqual({ ...offer, other: 'webgpu' });
  });

  it('is asked for once, of the experiment that the page opens with', async () => {
    engine.kept = undefined;
    await start();
    await answerUpdate();
    engine.kept = offer;
    setEta(0.11);
    frame();
    await settle();
    frame();
    expect(offered()).toBeUndefined();
    expect(engine.names).toEqual(['update', 'update']);
  });

  it.each<[string, () => void]>([
    [
      'by the offer',
      () => {
        controller.goOn();
      },
    ],
    [
      'by the play button',
      () => {
        controller.togglePlay();
      },
    ],
  ])('is gone on with %s', async (_, take) => {
    await start();
    take();
    frame();
    expect(engine.names).toEqual(['goOn']);
    expect(engine.updates).toEqual([initial]);
    expect(offered()).toBeUndefined();
    await answerUpdate();
    expect(session.store.getState().shown.map(({ curve }) => curve?.step)).toEqual([[0], [0]]);
    // From now on it is a race like any other.
    setEta(0.11);
    expect(engine.names).toEqual(['goOn', 'update']);
  });

  it('is taken once, however often that is asked for', async () => {
    await start();
    controller.goOn();
    controller.goOn();
    expect(engine.names).toEqual(['goOn']);
  });

  it('that is damaged is computed anew without a word', async () => {
    await start();
    engine.kept = undefined;
    controller.goOn();
    await engine.last.answer();
    expect(engine.names).toEqual(['goOn', 'update']);
    expect(engine.updates).toEqual([initial, initial]);
    await answerUpdate();
    expect(notices).toEqual([]);
    expect(session.store.getState().failure).toBeUndefined();
  });

  it('that the engine cannot go on with is a failure that the user reads; the next edit starts anew', async () => {
    await start();
    controller.goOn();
    await engine.last.refuse('out of memory');
    frame();
    expect(session.store.getState().failure).toBe('out of memory');
    expect(notices).toEqual([]);
    setEta(0.11);
    expect(engine.names).toEqual(['goOn', 'abort', 'update']);
  });

  it('that is dismissed is let go of, and all starts anew', async () => {
    await start();
    controller.reset();
    frame();
    await settle();
    expect(engine.kept).toBeUndefined();
    expect(engine.names).toEqual(['update']);
    expect(offered()).toBeUndefined();
  });

  it('is kept where the experiment is edited instead: the edit is computed', async () => {
    await start();
    setEta(0.11);
    frame();
    expect(engine.names).toEqual(['update']);
    expect(offered()).toBeUndefined();
    expect(engine.kept).toEqual(offer);
    controller.goOn();
    expect(engine.names).toEqual(['update']);
  });

  it('is not waited for where its name alone changes', async () => {
    await start();
    state().editRun(state().ids[0]!, (run) => ({ ...run, label: 'mine' }));
    frame();
    expect(offered()).toEqual(offer);
    controller.goOn();
    expect(engine.names).toEqual(['goOn']);
  });

  it('is not offered where the experiment has become another one meanwhile', async () => {
    const opening = controller.start('auto');
    setEta(0.11);
    await opening;
    setEta(0.12);
    await settle();
    frame();
    expect(offered()).toBeUndefined();
    expect(engine.updates.map((config) => config.runs[0]!.hyper['eta'])).toEqual([0.12]);
  });

  it('is not offered where the user has stopped all meanwhile', async () => {
    const opening = controller.start('auto');
    controller.abort();
    await opening;
    await settle();
    frame();
    expect(offered()).toBeUndefined();
    expect(engine.names).toEqual(['abort']);
  });

  it('stays offered while the engine rests, whatever it says', async () => {
    await start();
    progress('idle');
    expect(offered()).toEqual(offer);
  });
});

it('sends the first experiment along with the call that opens the engine, and nothing after one that fails', async () => {
  engine.kept = undefined;
  let refuse: (error: Error) => void = () => undefined;
  engine.open = () =>
    new Promise((_, reject) => {
      refuse = reject;
    });
  const opening = controller.start('auto');
  expect(engine.updates).toEqual([initial]);
  refuse(new Error('There is no engine.'));
  await expect(opening).rejects.toThrow('There is no engine.');
  await settle();
  setEta(0.11);
  frame();
  await settle();
  expect(engine.names).toEqual(['update']);
  expect(session.store.getState().failure).toBe('There is no engine.');
  expect(notices).toEqual([]);
});
