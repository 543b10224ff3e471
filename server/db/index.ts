export { closeDatabase, type Database, type Db, database, getDb, openDatabase, useDatabase } from './client';
export { LockedError } from './lock';
export * from './schema';
export { seed } from './seed';
