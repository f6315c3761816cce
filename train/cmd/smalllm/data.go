package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/safetensors"
	"merlon.dev/merlon/internal/nn/token"
)

// sequence is tokens with what follows each; -1 is not judged.
type sequence struct{ ids, follows []int32 }

// data is the rows as tokens.
type data struct {
	texts, chats, last   stream
	heldTexts, heldChats []sequence
}

// often is how many times a pass goes over the rows of a source; one where it is not named.
var often = map[string]int{"chat": 6, "contact": 4, "fact": 4, "sum": 3, "content_responses": 2}

// atLast is how many times a pass over the last stream goes over the rows of a source: what the model shall know by heart, and what is made of
// patterns; a part of a time is a part of the rows.
var atLast = map[string]float64{"chat": 20, "contact": 3, "fact": 4, "sum": 1, "note": 0.3, "repeat": 0.3, "remember": 0.3, "find": 0.2}

// aloud are the sources whose questions are learnt too; of the others only answers are.
var aloud = map[string]bool{"ko_chat_pairs": true, "chat": true, "content_responses": true}

func load(dir string) (*data, error) {
	t, err := openTokenizer(filepath.Join(dir, tokenizerFile))
	if err != nil {
		return nil, err
	}
	d := &data{texts: stream{seed: seed + 1}, chats: stream{seed: seed + 2}, last: stream{seed: seed + 3}}
	var failed error
	texts := 0
	err = lines(filepath.Join(dir, rowsFile), func(r row) {
		if len(r.Turns) > 0 {
			s, err := conversation(t, r)
			switch {
			case err != nil:
				failed = err
			case len(s.ids) > contextTokens: // too long to answer
			case r.Held:
				d.heldChats = append(d.heldChats, s)
			default:
				d.chats.of = append(d.chats.of, slices.Repeat([]sequence{s}, max(1, often[r.Source]))...)
				times := atLast[r.Source] + float64(hash(r.Turns[0].Text)%100)/100
				d.last.of = append(d.last.of, slices.Repeat([]sequence{s}, int(times))...)
			}
			return
		}
		texts++
		window := contextTokens / 2
		if texts%5 == 0 {
			window = contextTokens
		}
		parts, err := running(t, r.Text, window)
		switch {
		case err != nil:
			failed = err
		case r.Held:
			d.heldTexts = append(d.heldTexts, parts...)
		default:
			d.texts.of = append(d.texts.of, parts...)
		}
	})
	if err == nil {
		err = failed
	}
	if err == nil && (len(d.texts.of) == 0 || len(d.chats.of) == 0) {
		err = errors.New("no texts or no conversations")
	}
	return d, err
}

func openTokenizer(path string) (*token.Tokenizer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return token.Load(text, token.Options{SpecialAsText: true})
}

// mark is the id of one of marks.
func mark(name string) int32 { return int32(slices.Index(marks, name)) }

// running cuts a text into windows; the mark of an end stands before it and behind it.
func running(t *token.Tokenizer, text string, window int) ([]sequence, error) {
	var e token.Encoding
	if err := t.Append(&e, text); err != nil {
		return nil, err
	}
	ids := slices.Concat([]int32{mark(endOfText)}, e.IDs, []int32{mark(endOfText)})
	var out []sequence
	for at := 0; at+1 < len(ids); at += window {
		to := min(at+window, len(ids)-1)
		out = append(out, sequence{ids[at:to], ids[at+1 : to+1]})
	}
	return out, nil
}

// conversation is what the chat template makes of a conversation and its answers.
func conversation(t *token.Tokenizer, r row) (sequence, error) {
	var ids []int32
	var learnt []bool
	var e token.Encoding
	for _, turn := range r.Turns {
		e.Reset()
		if err := t.Append(&e, turn.Text); err != nil {
			return sequence{}, err
		}
		answer := turn.Role == "assistant"
		ids, learnt = append(ids, mark("<|"+turn.Role+"|>")), append(learnt, false)
		for _, id := range e.IDs {
			ids, learnt = append(ids, id), append(learnt, answer || aloud[r.Source])
		}
		ids, learnt = append(ids, mark(end)), append(learnt, answer)
	}
	s := sequence{ids: ids[:len(ids)-1], follows: slices.Clone(ids[1:])}
	for i := range s.follows {
		if !learnt[i+1] {
			s.follows[i] = -1
		}
	}
	return s, nil
}

// stream is sequences without an end: all of them in a random order, then in another.
type stream struct {
	of    []sequence
	seed  uint64
	pass  int
	order []int
}

// at is the n-th sequence.
func (s *stream) at(n int) sequence {
	if pass := n / len(s.of); s.order == nil || s.pass != pass {
		s.pass, s.order = pass, rand.New(rand.NewPCG(s.seed, uint64(pass))).Perm(len(s.of))
	}
	return s.of[s.order[n%len(s.of)]]
}

// report prints the perplexity of at most n held-out sequences of each kind.
func (r *run) report(n int) error {
	for _, k := range []struct {
		name string
		of   []sequence
	}{{"texts", r.data.heldTexts}, {"conversations", r.data.heldChats}} {
		loss, judged := 0.0, 0
		for _, s := range k.of[:min(n, len(k.of))] {
			var b encoder.Batch
			b.Add(s.ids, nil)
			loss += r.model.Loss(r.crew, &b, s.follows)
			for _, id := range s.follows {
				if id >= 0 {
					judged++
				}
			}
		}
		if judged > 0 {
			fmt.Printf("held-out %s: %d tokens, %.3f nats a token, perplexity %.1f\n", k.name, judged, loss/float64(judged), math.Exp(loss/float64(judged)))
		}
	}
	return nil
}

// measure reports on all held-out rows of dir, with the weights in the folder model.
func measure(dir, model string, workers int) error {
	d, err := load(dir)
	if err != nil {
		return err
	}
	pool, err := nn.NewPool(workers)
	if err != nil {
		return err
	}
	defer pool.Close()
	crew, err := pool.Enter(context.Background())
	if err != nil {
		return err
	}
	defer crew.Leave()
	m, err := trained(model)
	if err != nil {
		return err
	}
	return (&run{model: m, crew: crew, data: d}).report(math.MaxInt)
}

func openWeights(path string) (*safetensors.File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return safetensors.Read(bytes.NewReader(text), int64(len(text)))
}

func writeWeights(path string, entries []safetensors.Entry) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	return safetensors.Write(f, map[string]string{"format": "pt"}, entries)
}
