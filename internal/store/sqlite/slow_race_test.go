//go:build race

package sqlite_test

import "time"

// slowestReopen is not a statement about Merlon: the race detector makes SQLite's code many times slower.
const slowestReopen = time.Minute
