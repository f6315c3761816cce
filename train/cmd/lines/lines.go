// Package lines reads files of one JSON value a line for the commands of the training recipes.
package lines

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// most is the bytes of a line, at most.
const most = 1 << 24

// Each hands the value of every line to do, in order, and stops at the first error. A line that is no T, and one of more than 16 MiB,
// is an error that names the line by its number, from 1.
func Each[T any](in io.Reader, do func(T) error) error {
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, most)
	line := 0
	for scanner.Scan() {
		line++
		var value T
		if err := json.Unmarshal(scanner.Bytes(), &value); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if err := do(value); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("line %d: %w", line+1, err)
	}
	return nil
}
