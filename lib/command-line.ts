/**
 * How documents and messages of the server call the command: as it stands in the root of a clone. (Not by npx, which outside of a
 * clone would bring whatever package has that name, and costs half a second in one.)
 */
export const OCEAN = './ocean';
