package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// turn is one message of a conversation.
type turn struct {
	Role string `json:"role"` // system, user or assistant
	Text string `json:"text"`
}

// row is a text, or a conversation that ends with an answer.
type row struct {
	Source string `json:"source"`
	Text   string `json:"text,omitempty"`
	Turns  []turn `json:"turns,omitempty"`
	Held   bool   `json:"held,omitempty"` // never trained on; measures the model
}

// chat is a conversation of one question.
func chat(source, prompt, answer string) row {
	return row{Source: source, Turns: []turn{{"user", prompt}, {"assistant", answer}}}
}

// gather reads everything that may ship, of the shared data and of train/lm, and composes the rest.
func gather(shared, own string) ([]row, error) {
	var all []row
	for _, read := range []func(string) ([]row, error){documents, passages, dialogues, authored} {
		rows, err := read(shared)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	written, err := written(own)
	if err != nil {
		return nil, err
	}
	all = append(all, written...)
	all = append(all, composed()...)
	seen := map[string]bool{}
	var out []row
	for _, r := range all {
		key := r.Text
		for _, t := range r.Turns {
			key += "\x00" + t.Text
		}
		if seen[key] || strings.TrimSpace(key) == "" {
			continue
		}
		seen[key] = true
		// By the text or the first question, so that no answer to a question that is held out is trained on.
		by := r.Text
		if len(r.Turns) > 0 {
			by = r.Turns[0].Text
		}
		r.Held = r.Source != "chat" && r.Source != "contact" && hash(by)%100 == 0
		out = append(out, r)
	}
	return out, nil
}

func hash(text string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, text) // never fails
	return h.Sum64()
}

// lines decodes a file of JSON lines, packed or not, into one value after another.
func lines[T any](path string, each func(T)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return err
		}
	}
	decoder := json.NewDecoder(bufio.NewReader(in))
	for decoder.More() {
		var v T
		if err := decoder.Decode(&v); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		each(v)
	}
	return nil
}

// shippable refuses a data set that the manifest keeps out of weights that ship, or out of training.
func shippable(shared, task, dataset string) error {
	text, err := os.ReadFile(filepath.Join(shared, "data/manifest.json"))
	if err != nil {
		return err
	}
	var all []struct{ Task, Dataset, Use, Ship string }
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	for _, m := range all {
		if m.Task == task && m.Dataset == dataset && m.Use == "train" && (m.Ship == "yes" || m.Ship == "share-alike") {
			return nil
		}
	}
	return fmt.Errorf("%s/%s may not be trained into weights that ship", task, dataset)
}

// public reads a set of the shared data.
func public[T any](shared, task, dataset string, each func(T)) error {
	if err := shippable(shared, task, dataset); err != nil {
		return err
	}
	return lines(filepath.Join(shared, "data", task, dataset+".jsonl.gz"), each)
}

type textRow struct{ Text, Split string }

// documents are the running texts: articles, web pages, plays.
func documents(shared string) ([]row, error) {
	var out []row
	for _, name := range []string{"wikitext2_valid_test", "wiki_c4_demo"} {
		err := public(shared, "lm", name, func(r textRow) {
			if name == "wikitext2_valid_test" {
				r.Text = natural(r.Text)
			}
			out = append(out, row{Source: name, Text: strings.TrimSpace(r.Text)})
		})
		if err != nil {
			return nil, err
		}
	}
	var scene []string
	err := public(shared, "lm", "tiny_shakespeare", func(r textRow) {
		if scene = append(scene, r.Text); len(scene) == 40 {
			out = append(out, row{Source: "tiny_shakespeare", Text: strings.Join(scene, "\n\n")})
			scene = nil
		}
	})
	return append(out, row{Source: "tiny_shakespeare", Text: strings.Join(scene, "\n\n")}), err
}

var (
	tight   = regexp.MustCompile(` (@([-,.])@) `)
	closing = regexp.MustCompile(` ([,.;:!?%)\]])`)
	opening = regexp.MustCompile(`([(\[$£€]) `)
	quoted  = regexp.MustCompile(`" ([^"\n]*) "`)
	heading = regexp.MustCompile(`(?m)^\s*(= )+(.*?)( =)+\s*$`)
)

// natural undoes the spacing of wikitext, and leaves out sentences with a word that was taken out of it.
func natural(text string) string {
	text = heading.ReplaceAllString(text, "$2")
	var kept []string
	for line := range strings.Lines(text) {
		var sentences []string
		for s := range strings.SplitSeq(strings.TrimSpace(line), " . ") {
			if !strings.Contains(s, "<unk>") {
				sentences = append(sentences, strings.TrimSuffix(s, " ."))
			}
		}
		if line = strings.Join(sentences, ". "); strings.TrimSpace(line) == "" {
			continue
		}
		line = tight.ReplaceAllString(line, "$2")
		line = quoted.ReplaceAllString(line, `"$1"`)
		line = opening.ReplaceAllString(closing.ReplaceAllString(line, "$1"), "$1")
		line = strings.NewReplacer(" 's", "'s", " n't", "n't", " – ", "–", "s ' ", "s' ").Replace(line)
		if strings.Count(line, " ") > 8 {
			line += "."
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "\n")
}
