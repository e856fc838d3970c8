import { createTally, cutAgain, cutOnce, parsePlace } from './cuts.js';
import { geometryNamed } from './geometry.js';
import { Trial } from './trial.js';

/** Does the one cut again that an id `geometry/seed/step/place` names; throws what it threw. False: no such id. */
export function replay(id: string): boolean {
  const [name = '', seed = '', step = '', placeText = '', ...rest] = id.split('/');
  const geometry = geometryNamed(name);
  const place = parsePlace(placeText);
  if (geometry === undefined || place === null || rest.length > 0) return false;
  if (!/^\d{1,9}$/.test(seed) || !/^\d{1,9}$/.test(step)) return false;
  const trial = new Trial(geometry, Number(seed));
  trial.live(Number(step));
  const taken = trial.guard(placeText, () => trial.take());
  const recording = taken.recordings[place.recording];
  if (recording === undefined || place.first > recording.busBytes) return false;
  if (place.second < 0) cutOnce(trial, taken, place, createTally());
  else cutAgain(trial, taken, place, createTally(), 0);
  return true;
}
