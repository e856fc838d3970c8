/** Sizing of local managers and concentrators: pure functions. */

export {
  type ConcentratorScheme,
  type ConcentratorSize,
  concentratorBytes,
  concentratorDays,
  concentratorText,
  sizeConcentrator,
} from './concentratorPlan.js';
export { type Condition, type Loss, type Plan, planLocalManager, type Scheme } from './localManagerPlan.js';
