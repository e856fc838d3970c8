/** Numbers of the planner's conditions in an event; `room`: what is missing finds no room until the next report. */
export const PlanCondition = Object.freeze({ paper: 1, roll: 2, backfill: 3, room: 4 } as const);
