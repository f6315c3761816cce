package app

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// refuseCoreDumps keeps the kernel from writing the memory of this process, which holds keys and what they open, to a file when it
// crashes. A limit of one byte is less than any core file has, and for Linux it also means that none is piped to a program.
func refuseCoreDumps() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
		return fmt.Errorf("read limit of core dumps: %w", err)
	}
	least := min(1, limit.Max) // what an operator has forbidden altogether cannot be raised
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: least, Max: least}); err != nil {
		return fmt.Errorf("limit core dumps: %w", err)
	}
	return nil
}
