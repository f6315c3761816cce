package token

// Encoding holds tokens side by side: the lists have one length. The zero value is empty and ready. Reset keeps the
// memory, so that an Encoding that is used again allocates nothing once it has grown. An Encoding belongs to one
// goroutine at a time.
type Encoding struct {
	IDs   []int32
	Types []int32 // token types: 1 for the second text of a pair and what closes it in BERT, otherwise 0
	Start []int32 // first byte in the text that was given, 0 for a token of the frame
	End   []int32 // the byte after the last one, 0 for a token of the frame
	Word  []int32 // number of the word, counted in the text from 0; -1 for a token of the frame

	scratch scratch
}

// Len is the number of tokens.
func (e *Encoding) Len() int { return len(e.IDs) }

// Reset removes the tokens and keeps the memory.
func (e *Encoding) Reset() {
	e.truncate(0)
}

// FirstOfWord reports whether token i begins a word.
func (e *Encoding) FirstOfWord(i int) bool {
	return e.Word[i] >= 0 && (i == 0 || e.Word[i] != e.Word[i-1])
}

// scratch is the memory of a call. A part of a text is normalised between the two mapped texts and cut into words.
type scratch struct {
	text    string // what offsets point into
	kind    int32  // token type
	words   int32  // words so far
	in, out mapped
	word    mapped
	runes   int // in word, for WordPiece
	marks   marks
	paths   []path
	bpe     bpeScratch
	memory  memory
}

// mapped is normalised text; from holds for each byte where the character that it came from begins.
type mapped struct {
	bytes []byte
	from  []int32
}

func (m *mapped) reset() { m.bytes, m.from = m.bytes[:0], m.from[:0] }

// add appends the bytes of a character that comes from the one at from.
func (m *mapped) add(character string, from int32) {
	m.bytes = append(m.bytes, character...)
	for range len(character) {
		m.from = append(m.from, from)
	}
}

// AppendWindow adds tokens of another Encoding as they are.
func (e *Encoding) AppendWindow(w Window) {
	e.IDs = append(e.IDs, w.Of.IDs[w.From:w.To]...)
	e.Types = append(e.Types, w.Of.Types[w.From:w.To]...)
	e.Start = append(e.Start, w.Of.Start[w.From:w.To]...)
	e.End = append(e.End, w.Of.End[w.From:w.To]...)
	e.Word = append(e.Word, w.Of.Word[w.From:w.To]...)
}

func (e *Encoding) add(id, kind, start, end, word int32) {
	e.IDs = append(e.IDs, id)
	e.Types = append(e.Types, kind)
	e.Start = append(e.Start, start)
	e.End = append(e.End, end)
	e.Word = append(e.Word, word)
}

func (e *Encoding) truncate(n int) {
	e.IDs, e.Types, e.Start, e.End, e.Word = e.IDs[:n], e.Types[:n], e.Start[:n], e.End[:n], e.Word[:n]
}

// emit appends the token of word[i:j] as part of the present word.
func (e *Encoding) emit(id int32, i, j int) {
	s := &e.scratch
	e.add(id, s.kind, s.word.from[i], s.after(s.word.from[j-1]), s.words)
}

// after is where the character at from ends.
func (s *scratch) after(from int32) int32 {
	if s.text[from] < 0x80 {
		return from + 1
	}
	return from + runeLen(s.text[from:])
}
