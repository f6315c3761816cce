//go:build !race

package sqlite_test

import "time"

// slowestReopen is how long a start after a kill may take.
const slowestReopen = 2 * time.Second
