package token

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Options says how to load a tokenizer. The zero value does what the file says.
type Options struct {
	// SpecialAsText takes what looks like a special token in a text, such as "[SEP]", for ordinary text. Guardrails
	// want it: otherwise a caller could put the model's own marks into a text.
	SpecialAsText bool
}

// Load reads a Hugging Face tokenizer.json with a WordPiece, Unigram or BPE model. Ids need not be dense, so that a file
// whose vocabulary was trimmed is read like any other. Truncation and padding are read over, and the decoder of all but
// BPE. What would change tokens and is not served is an error; errors about the content wrap ErrFormat.
func Load(text []byte, o Options) (*Tokenizer, error) {
	t, err := load(text, o)
	if err != nil {
		return nil, fmt.Errorf("load tokenizer: %w", err)
	}
	return t, nil
}

func load(text []byte, o Options) (*Tokenizer, error) {
	d, err := newDocument(text)
	if err != nil {
		return nil, err
	}
	if err := d.expect('{'); err != nil {
		return nil, err
	}
	var f file
	if err := d.object(func(name string) error { return f.member(d, name) }); err != nil {
		return nil, err
	}
	if err := d.end(); err != nil {
		return nil, err
	}
	return f.tokenizer(o)
}

// LoadVocabulary reads a vocab.txt of a BERT model that works in lower case: one WordPiece a line, its id the number of
// the line from 0. It must hold [UNK], [CLS] and [SEP].
func LoadVocabulary(text []byte, o Options) (*Tokenizer, error) {
	if len(text) > maxFile || !utf8.Valid(text) {
		return nil, fmt.Errorf("load vocabulary: %w", malformed("it is no UTF-8 text of at most %d bytes", maxFile))
	}
	f := file{model: vocabulary{unk: "[UNK]", prefix: "##", maxRunes: 100}}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i, line := range lines {
		if err := f.model.add(strings.TrimSuffix(line, "\r"), int32(i)); err != nil {
			return nil, fmt.Errorf("load vocabulary: %w", err)
		}
	}
	for _, content := range []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"} {
		if id, ok := f.model.ids[content]; ok {
			f.added = append(f.added, addedToken{content: content, id: id, special: true})
		}
	}
	cls, hasStart := f.model.ids["[CLS]"]
	sep, hasEnd := f.model.ids["[SEP]"]
	if !hasStart || !hasEnd {
		return nil, fmt.Errorf("load vocabulary: %w", malformed("it has no [CLS] or no [SEP]"))
	}
	f.single = []part{{text: -1, id: cls}, {}, {text: -1, id: sep}}
	f.pair = append(slices.Clone(f.single), part{text: 1, kind: 1}, part{text: -1, id: sep, kind: 1})
	f.cutter = bertWords{newFoldTable(foldOptions{Clean: true, Spaced: true, Strip: true, Lower: true})}
	t, err := f.assemble(o)
	if err != nil {
		return nil, fmt.Errorf("load vocabulary: %w", err)
	}
	return t, nil
}

// file is what a tokenizer file says.
type file struct {
	normaliser, pre, processor, decoder component
	model                               vocabulary
	added                               []addedToken

	cutter       cutter
	single, pair []part
	spelling     spelling
}

func (f *file) member(d document, name string) (err error) {
	switch name {
	case "version", "truncation", "padding":
		_, err = d.value(0)
	case "added_tokens":
		f.added, err = addedTokens(d)
	case "normalizer":
		f.normaliser, err = optional(d, name)
	case "pre_tokenizer":
		f.pre, err = optional(d, name)
	case "decoder":
		f.decoder, err = optional(d, name)
	case "post_processor":
		f.processor, err = optional(d, name)
	case "model":
		if err = d.expect('{'); err == nil {
			err = d.object(func(name string) error { return f.model.member(d, name) })
		}
	default:
		err = malformed("unknown member %.40q", name)
	}
	return err
}

// optional reads an object or null.
func optional(d document, name string) (component, error) {
	v, err := d.value(0)
	c, ok := v.(component)
	if err == nil && v != nil && !ok {
		err = malformed("%q is not an object", name)
	}
	return c, err
}

func (f *file) tokenizer(o Options) (*Tokenizer, error) {
	var err error
	if f.model.kind == "BPE" {
		if f.spelling, err = newSpelling(f.decoder); err == nil {
			f.cutter, f.model.byteLevel, err = newSplitter(f.normaliser, f.pre)
		}
	} else {
		f.cutter, err = newCutter(f.normaliser, f.pre)
	}
	if err != nil {
		return nil, err
	}
	if f.single, f.pair, err = frames(f.processor); err != nil {
		return nil, err
	}
	return f.assemble(o)
}

// assemble puts the tokenizer together from all but the JSON.
func (f *file) assemble(o Options) (*Tokenizer, error) {
	special := map[string]bool{}
	for _, a := range f.added {
		special[a.content] = a.special && o.SpecialAsText
	}
	t := &Tokenizer{ids: f.model.ids, cutter: f.cutter, single: f.single, pair: f.pair, spelling: f.spelling, special: map[int32]bool{}}
	for _, a := range f.added {
		if a.special {
			t.special[a.id] = true
		}
		if a.normalised && (f.normaliser != nil || f.model.kind != "BPE") {
			return nil, malformed("added token %.80q is normalized, which is not served beside a normaliser", a.content)
		}
	}
	var err error
	if t.model, err = f.model.model(func(piece string) bool { return special[piece] }); err != nil {
		return nil, err
	}
	if err := f.checkAdded(); err != nil {
		return nil, err
	}
	f.added = slices.DeleteFunc(f.added, func(a addedToken) bool { return special[a.content] })
	if t.added, err = newAdded(f.added); err != nil {
		return nil, malformed("%v", err)
	}
	t.pieces = make([]string, 1+slices.Max(slices.Collect(maps.Values(t.ids))))
	for p, id := range t.ids {
		if t.pieces[id] != "" {
			return nil, malformed("%.80q and %.80q have the same id", p, t.pieces[id])
		}
		t.pieces[id] = p
	}
	for _, p := range slices.Concat(t.single, t.pair) {
		if p.text < 0 && (int(p.id) >= len(t.pieces) || t.pieces[p.id] == "") {
			return nil, malformed("the frame has id %d, which no piece has", p.id)
		}
	}
	return t, nil
}

// checkAdded gives the added tokens their place in the vocabulary.
func (f *file) checkAdded() error {
	seen := map[string]bool{}
	for _, a := range f.added {
		switch id, known := f.model.ids[a.content]; {
		case seen[a.content]:
			return malformed("added token %.80q comes twice", a.content)
		case known && id != a.id:
			return malformed("added token %.80q has id %d, but %d in the vocabulary", a.content, a.id, id)
		case !known:
			f.model.ids[a.content] = a.id
		}
		seen[a.content] = true
	}
	return nil
}

func addedTokens(d document) ([]addedToken, error) {
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok || len(list) > maxAdded {
		return nil, malformed("added_tokens is not a list of at most %d", maxAdded)
	}
	out := make([]addedToken, len(list))
	for i, v := range list {
		c, _ := v.(component)
		if out[i], err = newAddedToken(c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func newAddedToken(c component) (a addedToken, err error) {
	if err := c.only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"); err != nil {
		return a, err
	}
	if a.content, err = c.text("content"); err != nil {
		return a, err
	}
	if a.id, err = id(c["id"]); err != nil {
		return a, err
	}
	var word bool
	err = c.flags(map[string]*bool{
		"single_word": &word, "lstrip": &a.left, "rstrip": &a.right, "normalized": &a.normalised, "special": &a.special,
	})
	switch {
	case err != nil:
		return a, err
	case a.content == "" || len(a.content) > maxPiece || strings.ContainsRune(a.content, 0):
		return a, malformed("added token %.80q is empty, too long or holds NUL", a.content)
	case strings.TrimFunc(a.content, unicode.IsSpace) != a.content:
		return a, malformed("added token %.80q has white space at an end", a.content)
	case word:
		return a, malformed("added token %.80q is single_word, which is not served", a.content)
	}
	return a, nil
}
