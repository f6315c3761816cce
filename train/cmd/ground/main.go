// Command ground scores responses with a grounding model, as a server does: ground TRUNK TOWER < CASES > SCORES.
//
// TRUNK and TOWER are model folders. A case is a line of JSON with source, query (either may be missing) and response; what comes out is a
// line with its grounding and relevance, in [0, 1].
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/grounding"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: ground TRUNK TOWER < CASES > SCORES")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ground:", err)
		os.Exit(1)
	}
}

func run(lower, upper string, in io.Reader, out io.Writer) error {
	under, err := trunk.Load(os.DirFS(lower), trunk.Options{Workers: 1})
	if err != nil {
		return err
	}
	defer under.Close()
	model, err := grounding.Load(under, os.DirFS(upper))
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<24)
	w := bufio.NewWriter(out)
	for lines.Scan() {
		var c struct {
			Source, Query *string
			Response      string
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return fmt.Errorf("read case: %w", err)
		}
		scores, err := model.Score(context.Background(), detect.Input{Sources: documents(c.Source), Queries: documents(c.Query), Blocks: documents(&c.Response)})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "{\"grounding\": %v, \"relevance\": %v}\n", scores.Grounding, scores.Relevance); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read cases: %w", err)
	}
	return w.Flush()
}

func documents(s *string) []*text.Document {
	if s == nil {
		return nil
	}
	return []*text.Document{text.New(*s)}
}
