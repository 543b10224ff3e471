/** The repository whose published table the seed scorers reproduce, at the state that this project was made from. */
export const SEED_REPOSITORY = 'https://github.com/VLM-RL/Ocean-R1';
export const SEED_COMMIT = '571b3c4c5c67b02b78f40ea2838425fe7ef593d2';

/** A file of the seed at that commit. */
export const seedFile = (path: string): string =>
  `https://raw.githubusercontent.com/VLM-RL/Ocean-R1/${SEED_COMMIT}/${path}`;
