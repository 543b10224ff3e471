export { closeDatabase, type Database, type Db, database, getDb, openDatabase, setDatabase } from './client';
export { contains } from './contains';
export { LockedError } from './lock';
export { isLostConnection, lacksRoom } from './lost-connection';
export { reclaimSpace, tellPlanner } from './reclaim';
export { rowsOf } from './rows-of';
export * from './schema';
