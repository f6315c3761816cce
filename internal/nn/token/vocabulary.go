package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
)

// maxScore bounds the logarithm of a probability, so that sums of scores stay finite.
const maxScore = 1e6

// vocabulary is the model of a tokenizer file.
type vocabulary struct {
	kind     string // its type, which older files leave out
	ids      map[string]int32
	scores   []float64 // by id; nil for WordPiece
	unk      string
	unkID    int32
	hasUnkID bool
	prefix   string
	maxRunes int32

	merges     [][2]string // of BPE, those that were learnt first
	fallback   bool        // unknown characters become bytes
	fuse       bool        // unknown characters side by side become one token
	wholeWords bool        // words that are pieces are not put together from smaller ones
	byteLevel  bool        // pieces spell bytes
}

func (v *vocabulary) member(d document, name string) (err error) {
	switch name {
	case "type":
		v.kind, err = d.text()
	case "vocab":
		err = v.pieces(d)
	case "unk_token":
		v.unk, err = d.optionalText()
	case "continuing_subword_prefix":
		v.prefix, err = d.optionalText()
	case "merges":
		err = v.readMerges(d)
	case "fuse_unk":
		v.fuse, err = d.flag()
	case "ignore_merges":
		v.wholeWords, err = d.flag()
	case "dropout", "end_of_word_suffix":
		var t any
		if t, err = d.value(0); err == nil && t != nil && t != "" && fmt.Sprint(t) != "0" && fmt.Sprint(t) != "0.0" {
			err = malformed("%q is not served", name)
		}
	case "max_input_chars_per_word":
		v.maxRunes, err = d.id()
	case "unk_id":
		v.unkID, err = d.id()
		v.hasUnkID = true
	case "byte_fallback":
		v.fallback, err = d.flag()
	default:
		err = malformed("the model has a member %.40q that is not known", name)
	}
	return err
}

func (d document) id() (int32, error) {
	n, err := d.number()
	if err != nil {
		return 0, err
	}
	return id(n)
}

// pieces reads ids by piece, or a list of pieces with their scores.
func (v *vocabulary) pieces(d document) error {
	t, err := d.next()
	switch {
	case err != nil:
		return err
	case t == json.Delim('{'):
		return d.pairs(func(piece string) error {
			id, err := d.id()
			if err != nil {
				return err
			}
			return v.add(piece, id)
		})
	case t == json.Delim('['):
		v.scores = []float64{}
		return d.array(func() error { return v.scored(d) })
	default:
		return malformed("the vocabulary is neither an object nor a list")
	}
}

// scored reads [piece, score].
func (v *vocabulary) scored(d document) error {
	if err := d.expect('['); err != nil {
		return err
	}
	piece, err := d.text()
	if err != nil {
		return err
	}
	n, err := d.number()
	if err != nil {
		return err
	}
	score, err := n.Float64()
	if err != nil || math.Abs(score) > maxScore {
		return malformed("the score %.40q is out of range", n)
	}
	if err := v.add(piece, int32(len(v.scores))); err != nil {
		return err
	}
	v.scores = append(v.scores, score)
	return d.expect(']')
}

func (v *vocabulary) add(piece string, id int32) error {
	if v.ids == nil {
		v.ids = map[string]int32{}
	}
	_, known := v.ids[piece]
	switch {
	case known:
		return malformed("piece %.80q comes twice", piece)
	case len(v.ids) == maxPieces:
		return malformed("more than %d pieces", maxPieces)
	case piece == "" || len(piece) > maxPiece || strings.ContainsRune(piece, 0):
		return malformed("piece %.80q is empty, longer than %d bytes or holds NUL", piece, maxPiece)
	}
	v.ids[piece] = id
	return nil
}

// model builds what encodes words. hidden reports pieces that text never becomes.
func (v *vocabulary) model(hidden func(piece string) bool) (model, error) {
	kind := v.kind
	if kind == "" && v.scores == nil {
		kind = "WordPiece"
	}
	var m model
	var err error
	if kind != "BPE" && (v.fallback || v.fuse || v.wholeWords || v.merges != nil) {
		return nil, malformed("%s with byte_fallback, fuse_unk, ignore_merges or merges", kind)
	}
	switch kind {
	case "BPE":
		if v.scores != nil || v.prefix != "" || v.hasUnkID || v.maxRunes != 0 {
			return nil, malformed("BPE with members of another model")
		}
		return newBPE(v, v.byteLevel, hidden)
	case "WordPiece":
		m, err = v.wordPiece(hidden)
	case "Unigram":
		m, err = v.unigram(hidden)
	default:
		return nil, malformed("model %.40q is not served", kind)
	}
	if errors.Is(err, errTrieSize) {
		err = malformed("%v", err)
	}
	return m, err
}

func (v *vocabulary) wordPiece(hidden func(piece string) bool) (model, error) {
	unk, ok := v.ids[v.unk]
	switch {
	case v.scores != nil || v.hasUnkID:
		return nil, malformed("WordPiece with scores or unk_id")
	case !ok:
		return nil, malformed("the unknown token %.80q is not in the vocabulary", v.unk)
	case v.prefix == "" || v.maxRunes < 1:
		return nil, malformed("WordPiece without continuing_subword_prefix or max_input_chars_per_word")
	}
	entries := make([]entry, 0, len(v.ids))
	for p, id := range v.ids {
		if !hidden(p) {
			entries = append(entries, entry{p, id})
		}
	}
	return newWordPiece(entries, v.prefix, unk, int(v.maxRunes))
}

func (v *vocabulary) unigram(hidden func(piece string) bool) (model, error) {
	switch {
	case v.scores == nil || v.unk != "" || v.prefix != "" || v.maxRunes != 0:
		return nil, malformed("Unigram without scores, or with members of WordPiece")
	case !v.hasUnkID || int(v.unkID) >= len(v.scores):
		return nil, malformed("unk_id is not the id of a piece")
	}
	return newUnigram(v.ids, v.scores, v.unkID, hidden)
}
