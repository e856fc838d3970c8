/** Numbers of the planner's conditions in an event. */
export const PlanCondition = Object.freeze({ paper: 1, roll: 2, backfill: 3 } as const);
