// Command ground scores responses with the grounding models, as a server does: ground TRUNK GROUNDING TOPIC RELEVANCE < CASES > SCORES.
//
// The arguments are model folders. A case is a line of JSON with response, query and source, either of which may be missing. What comes out is a line
// with grounding, of a case with a source, or else relevance, in [0, 1].
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
	"merlon.dev/merlon/internal/detect/topic"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/train/cmd/lines"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: ground TRUNK GROUNDING TOPIC RELEVANCE < CASES > SCORES")
		os.Exit(2)
	}
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ground:", err)
		os.Exit(1)
	}
}

// question is a case: a response and what it is held against.
type question struct {
	Source, Query *string
	Response      string
}

func run(folders []string, in io.Reader, out io.Writer) error {
	under, err := trunk.Load(os.DirFS(folders[0]), trunk.Options{Workers: 1})
	if err != nil {
		return err
	}
	defer under.Close()
	supported, err := grounding.Load(under, os.DirFS(folders[1]))
	if err != nil {
		return err
	}
	topics, err := topic.Load(under, os.DirFS(folders[2]))
	if err != nil {
		return err
	}
	relevant, err := grounding.LoadRelevance(under, topics.Tower(), os.DirFS(folders[3]))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	err = lines.Each(in, func(c question) error {
		in := detect.Input{Sources: documents(c.Source), Queries: documents(c.Query), Blocks: documents(&c.Response)}
		var scores struct {
			Grounding float64 `json:"grounding"`
			Relevance float64 `json:"relevance"`
		}
		var err error
		if c.Source != nil {
			scores.Grounding, err = supported.Score(context.Background(), in)
		} else {
			scores.Relevance, err = relevant.Score(context.Background(), in)
		}
		if err != nil {
			return err
		}
		return json.NewEncoder(w).Encode(scores)
	})
	if err != nil {
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
