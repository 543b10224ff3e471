/** The environment's Python; null where the machine has no Python that is new enough. */
export function trainerPython(): string | null;
