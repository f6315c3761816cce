package main

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"merlon.dev/merlon/internal/nn/token"
)

// The marks of a conversation. Their ids are their places here.
const (
	endOfText = "<|endoftext|>"
	system    = "<|system|>"
	user      = "<|user|>"
	assistant = "<|assistant|>"
	end       = "<|end|>"
)

var marks = []string{endOfText, system, user, assistant, end}

// spelling is how byte-level vocabularies spell each byte: as itself where it is printable in Latin-1, else from U+0100 on.
// Source: bytes_to_unicode in encoder.py of github.com/openai/gpt-2.
func spelling() (to [256]string) {
	next := rune(256)
	for b := range to {
		if b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae {
			to[b] = string(rune(b))
			continue
		}
		to[b] = string(next)
		next++
	}
	return to
}

// tokenizerJSON is a tokenizer of bytes and merges in Hugging Face's form: each digit is a word, other words are GPT-2's.
func tokenizerJSON(pieces []string, merges []string) ([]byte, error) {
	type object = map[string]any
	vocabulary, added := object{}, []object{}
	for id, p := range pieces {
		vocabulary[p] = id
	}
	for id, m := range marks {
		added = append(added, object{"id": id, "content": m, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true})
	}
	bytes := object{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}
	return json.Marshal(object{
		"version": "1.0", "truncation": nil, "padding": nil, "added_tokens": added, "normalizer": nil, "post_processor": nil, "decoder": bytes,
		"pre_tokenizer": object{"type": "Sequence", "pretokenizers": []object{{"type": "Digits", "individual_digits": true}, bytes}},
		"model": object{
			"type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil, "end_of_word_suffix": nil,
			"fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": vocabulary, "merges": merges,
		},
	})
}

// pair is two pieces side by side.
type pair [2]int32

// offer is a pair with how often it came when it was offered.
type offer struct {
	pair pair
	n    int
}

// offers is a heap with the most frequent pair first, and of equals the one of lower ids.
type offers []offer

func (o offers) Len() int { return len(o) }
func (o offers) Less(i, k int) bool {
	return cmp.Or(cmp.Compare(o[k].n, o[i].n), cmp.Compare(o[i].pair[0], o[k].pair[0]), cmp.Compare(o[i].pair[1], o[k].pair[1])) < 0
}
func (o offers) Swap(i, k int) { o[i], o[k] = o[k], o[i] }

// Push and Pop are for container/heap.
func (o *offers) Push(x any) { *o = append(*o, x.(offer)) }

// Pop takes the last one.
func (o *offers) Pop() any {
	all := *o
	x := all[len(all)-1]
	*o = all[:len(all)-1]
	return x
}

// words counts the words of texts, each as the ids of its bytes.
func words(texts []string, bytes *token.Tokenizer) ([][]int32, []int, error) {
	seen := map[string]int{}
	var all [][]int32
	var counts []int
	var e token.Encoding
	for _, text := range texts {
		e.Reset()
		if err := bytes.Append(&e, text); err != nil {
			return nil, nil, err
		}
		for i := 0; i < e.Len(); {
			k := i + 1
			for k < e.Len() && e.Word[k] == e.Word[i] {
				k++
			}
			key := fmt.Sprint(e.IDs[i:k])
			at, known := seen[key]
			if !known {
				at = len(all)
				seen[key] = at
				all, counts = append(all, slices.Clone(e.IDs[i:k])), append(counts, 0)
			}
			counts[at]++
			i = k
		}
	}
	return all, counts, nil
}

// learnVocabulary is byte-pair encoding (Sennrich and others, arXiv 1508.07909): it joins the most frequent pair of pieces within words until
// there are size pieces, marks and bytes included, and gives the tokenizer.json.
func learnVocabulary(texts []string, size int) ([]byte, error) {
	pieces := slices.Clone(marks)
	for _, p := range spelling() {
		pieces = append(pieces, p)
	}
	plain, err := tokenizerJSON(pieces, []string{})
	if err != nil {
		return nil, err
	}
	bytes, err := token.Load(plain, token.Options{SpecialAsText: true})
	if err != nil {
		return nil, err
	}
	all, counts, err := words(texts, bytes)
	if err != nil {
		return nil, err
	}
	often, where := map[pair]int{}, map[pair]map[int]bool{}
	count := func(w, sign int) {
		for i := 1; i < len(all[w]); i++ {
			p := pair{all[w][i-1], all[w][i]}
			often[p] += sign * counts[w]
			if where[p] == nil {
				where[p] = map[int]bool{}
			}
			where[p][w] = true
		}
	}
	for w := range all {
		count(w, 1)
	}
	queue := &offers{}
	for p, n := range often {
		*queue = append(*queue, offer{p, n})
	}
	heap.Init(queue)
	merges := []string{}
	for len(pieces) < size {
		if queue.Len() == 0 {
			return nil, errors.New("the texts have too few pairs")
		}
		o := heap.Pop(queue).(offer)
		if n := often[o.pair]; n != o.n {
			if n > 0 {
				heap.Push(queue, offer{o.pair, n})
			}
			continue
		}
		id := int32(len(pieces))
		pieces = append(pieces, pieces[o.pair[0]]+pieces[o.pair[1]])
		merges = append(merges, pieces[o.pair[0]]+" "+pieces[o.pair[1]])
		born := map[pair]bool{}
		for w := range where[o.pair] {
			count(w, -1)
			all[w] = join(all[w], o.pair, id)
			count(w, 1)
			for i := 1; i < len(all[w]); i++ {
				if all[w][i-1] == id || all[w][i] == id {
					born[pair{all[w][i-1], all[w][i]}] = true
				}
			}
		}
		delete(often, o.pair)
		delete(where, o.pair)
		for p := range born {
			heap.Push(queue, offer{p, often[p]})
		}
	}
	return tokenizerJSON(pieces, merges)
}

// join puts id in place of a pair, from the left.
func join(word []int32, p pair, id int32) []int32 {
	out := word[:0]
	for i := 0; i < len(word); i++ {
		if i+1 < len(word) && word[i] == p[0] && word[i+1] == p[1] {
			out = append(out, id)
			i++
			continue
		}
		out = append(out, word[i])
	}
	return out
}
