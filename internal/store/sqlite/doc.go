// Package sqlite keeps the rows of every domain in one SQLite database, in a data folder or in memory.
//
// # Writes
//
// Any number of callers, one writer goroutine, one commit for all who wait:
//
//	caller --\                      BEGIN IMMEDIATE
//	caller ---> queue --> writer      SAVEPOINT, closure, RELEASE     for each waiting caller;
//	caller --/    (bounded)           SAVEPOINT, closure, ROLLBACK TO where the closure fails
//	                                COMMIT (write-ahead log, synchronous=FULL)
//	       <------------------------ answer every caller
//
// A caller is answered after the commit is on disk, so what was acknowledged survives a kill. While one commit waits for the
// disk the next callers gather, so that the cost of it is shared and the rate of writes is not bound to that of the disk.
//
// # Reads
//
// Reads run beside the writer on a pool of connections, each in its own snapshot. In memory there is one connection, and
// reads queue with the writes.
//
// # Files
//
//	DIR/lock             held while a process has the folder open; the lock dies with the process
//	DIR/merlon.db        the database
//	DIR/merlon.db-wal    commits that are not yet in it; belongs to it and is replayed at the next start
//	DIR/merlon.db-shm    index of the former
package sqlite

//go:generate go run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1 generate
