// Stands for the package server-only in unit tests, which run where every file is the server's.
export {};
