package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

type answerRow struct {
	Source, Query, Response, Split, Prompt, Text, Lang string
	Label, Grounded, Relevant                          int
	Labels                                             []string
}

// reading is a question about a text, with its answer.
func reading(source string, r answerRow) row {
	return chat(source, strings.TrimSpace(r.Source)+"\n\n"+strings.TrimSpace(r.Query), strings.TrimSpace(r.Response))
}

// passages are texts with questions and right answers, and the texts themselves.
func passages(shared string) ([]row, error) {
	var out []row
	seen := map[string]bool{}
	add := func(source string, r answerRow) {
		if !seen[r.Source] {
			seen[r.Source] = true
			out = append(out, row{Source: source + " text", Text: strings.TrimSpace(r.Source)})
		}
		if r.Label == 1 && len(r.Source) < 1200 && r.Query != "" {
			out = append(out, reading(source, r))
		}
	}
	err := public(shared, "relevance", "ares_answer", func(r answerRow) {
		if r.Split == "nq" || r.Split == "hotpotqa" || r.Split == "wow" { // the others hold news and books
			r.Source = strings.ReplaceAll(r.Source, "BULLET::::- ", "- ")
			add("ares_answer", r)
		}
	})
	if err != nil {
		return nil, err
	}
	if err := public(shared, "grounding", "halueval_qa", func(r answerRow) { add("halueval_qa", r) }); err != nil {
		return nil, err
	}
	if err := public(shared, "grounding", "fool_me_twice", func(r answerRow) { r.Query = ""; add("fool_me_twice", r) }); err != nil {
		return nil, err
	}
	var korean []string
	err = public(shared, "grounding", "kornli_xnli_ko", func(r answerRow) {
		if seen[r.Source] {
			return
		}
		seen[r.Source] = true
		if korean = append(korean, strings.TrimSpace(r.Source)); len(korean) == 4 {
			out = append(out, row{Source: "kornli_xnli_ko", Text: strings.Join(korean, "\n")})
			korean = nil
		}
	})
	return out, err
}

// dialogues are Korean small talk; every fourth has the next pair as a second turn.
func dialogues(shared string) ([]row, error) {
	type pairRow struct{ Prompt, Response string }
	var out []row
	var last pairRow
	n := 0
	err := public(shared, "instruct", "ko_chat_pairs", func(r pairRow) {
		one := chat("ko_chat_pairs", r.Prompt, r.Response)
		if n++; n%4 == 0 {
			one.Turns = append(chat("", last.Prompt, last.Response).Turns, one.Turns...)
		}
		last = r
		out = append(out, one)
	})
	return out, err
}

// authored are the project's own rows: questions about texts, and answers that harm nobody, refusals among them.
func authored(shared string) ([]row, error) {
	var out []row
	seen := map[string]bool{}
	for _, name := range []string{"grounding", "grounding_long"} {
		err := lines(filepath.Join(shared, "data/authored", name+".jsonl"), func(r answerRow) {
			if !seen[r.Source] {
				seen[r.Source] = true
				out = append(out, row{Source: name + " text", Text: r.Source})
			}
			if r.Grounded == 1 && r.Relevant == 1 {
				out = append(out, reading(name, r))
			}
		})
		if err != nil {
			return nil, err
		}
	}
	err := lines(filepath.Join(shared, "data/authored/content_responses.jsonl"), func(r answerRow) {
		if len(r.Labels) == 0 && r.Prompt != "" {
			out = append(out, chat("content_responses", r.Prompt, r.Text))
		}
	})
	return out, err
}

// written are the rows of train/lm/chat.tsv: a prompt and its answer, a tab between them.
func written(own string) ([]row, error) {
	text, err := os.ReadFile(filepath.Join(own, "chat.tsv"))
	if err != nil {
		return nil, err
	}
	var out []row
	for line := range strings.Lines(string(text)) {
		prompt, answer, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || prompt == "" || answer == "" {
			return nil, fmt.Errorf("chat.tsv: row %d has no prompt or no answer", len(out)+1)
		}
		out = append(out, chat("chat", prompt, answer))
	}
	return out, nil
}
