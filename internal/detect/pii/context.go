package pii

import (
	"math/bits"
	"strings"
	"sync"
	"unicode/utf8"
)

// cue is a set of meanings that a context word may have, one a bit.
type cue uint64

// The cues of the structured types take the low 40 bits; those of the soft types, in their own files, begin at softCue.
const (
	cueCard cue = 1 << iota
	cueLastFour
	cueExpires // "expires": of a card only where one is near
	cueCode    // "code", "code is": of a card only right after its number or date
	cueCVV
	cueExpiry
	cuePIN
	cueIBAN
	cueSwift
	cueAccount
	cueRouting
	cueABA // "ABA" alone, which is also an association
	cueSSN
	cueITIN
	cuePassport
	cueSIN
	cueCAHealth
	cueNHS
	cueNINO
	cueUTR
	cueUTRShort // "UTR" alone
	cueVIN
	cueAWSKey
	cueAWSSecret
	cueIP
	cueMAC
	cueVersion // dotted numbers that are no addresses: versions, sections
	cueOther   // a number of some other kind: order, invoice, tracking, ticket, serial ...

	softCue cue = 1 << 40 // the first cue of the soft types

	// labels are the cues that name the number nearest to them and so keep it from all others.
	labels = (softCue-1)&^(cueExpires|cueCode|cueIP|cueVersion) | cuePhone | cueDriver | cuePlate
)

// phrases gives words their meaning. list holds phrases divided by '|'.
type phrases struct {
	cue  cue
	list string
}

// key is a context word that the text says: bytes [start, end).
type key struct {
	start, end int32
	cue        cue
}

const (
	hashSeed  = 14695981039346656037 // FNV-1a
	hashPrime = 1099511628211
)

// hashOf gives the hash of one Latin token with ASCII capitals folded, as a scan makes it.
func hashOf(word string) uint64 {
	hash := uint64(hashSeed)
	for i := range len(word) {
		hash = (hash ^ uint64(folds[word[i]])) * hashPrime
	}
	return hash
}

// vocabulary is the automaton of all context words: a trie over symbols, where a symbol is one Latin token, folded, or one
// character of another script. Its edges lie in one open-addressing table keyed by the state and the symbol together. Words are
// known by a 64-bit hash alone: a collision costs a spurious context word, never a finding by itself.
//
// Between two symbols may stand up to three separators (space, line break, '_', '-', '.', '/', '\” or '’') or nothing, so that
// "social security", "social_security" and "카드 번호", "카드번호" are one phrase each. A Latin phrase of several words matches
// also when they are written as one (accountNumber). Phrases match at whole tokens, or anywhere within a run of another script,
// for Korean writes compounds and particles together; the longest match at a place is taken.
type vocabulary struct {
	edges []edge // length a power of two, at most half full
	cues  []cue  // by state; 0 where no phrase ends
}

type edge struct {
	key   uint64 // 0 is free
	state uint32
}

func edgeKey(state uint32, symbol uint64) uint64 {
	return bits.RotateLeft64(symbol, 17)*hashPrime + uint64(state)*0x9E3779B97F4A7C15 | 1
}

// sharedVocabulary gives the vocabulary of all entities, built once: it depends on nothing that is configured.
var sharedVocabulary = sync.OnceValue(func() *vocabulary {
	var all []phrases
	for _, e := range entities() {
		all = append(all, e.words...)
	}
	return newVocabulary(append(all, otherLabels))
})

func newVocabulary(all []phrases) *vocabulary {
	b := vocabularyBuilder{states: map[uint64]uint32{}, cues: make([]cue, 1)}
	for _, p := range all {
		for phrase := range strings.SplitSeq(p.list, "|") {
			b.add(strings.TrimSpace(phrase), p.cue)
		}
	}
	return b.build()
}

type vocabularyBuilder struct {
	states map[uint64]uint32
	cues   []cue
}

func (b *vocabularyBuilder) add(phrase string, meaning cue) {
	var s scan
	s.read(phrase, &vocabulary{edges: make([]edge, 1), cues: make([]cue, 1)})
	var symbols []uint64
	var joined strings.Builder
	for i, t := range s.tokens {
		if t.flags&isScript == 0 {
			symbols = append(symbols, s.hashes[i])
		} else {
			for _, r := range s.value(i) {
				symbols = append(symbols, uint64(r))
			}
		}
		joined.WriteString(s.value(i))
	}
	b.insert(symbols, meaning)
	// Short phrases written as one word would be other words: "a/c no" is not "acno".
	if word := joined.String(); len(s.tokens) > 1 && len(word) >= 6 && s.tokens[0].flags&isScript == 0 {
		b.insert([]uint64{hashOf(word)}, meaning)
	}
}

func (b *vocabularyBuilder) insert(symbols []uint64, meaning cue) {
	state := uint32(0)
	for _, symbol := range symbols {
		key := edgeKey(state, symbol)
		next, ok := b.states[key]
		if !ok {
			next = uint32(len(b.cues))
			b.states[key] = next
			b.cues = append(b.cues, 0)
		}
		state = next
	}
	if state != 0 {
		b.cues[state] |= meaning
	}
}

func (b *vocabularyBuilder) build() *vocabulary {
	size := 1 << bits.Len(uint(2*len(b.states)))
	v := &vocabulary{edges: make([]edge, size), cues: b.cues}
	for key, state := range b.states {
		slot := int(key>>8) & (size - 1)
		for v.edges[slot].key != 0 {
			slot = (slot + 1) & (size - 1)
		}
		v.edges[slot] = edge{key: key, state: state}
	}
	return v
}

// step gives the state after symbol, or 0.
func (v *vocabulary) step(state uint32, symbol uint64) uint32 {
	key := edgeKey(state, symbol)
	mask := len(v.edges) - 1
	for slot := int(key>>8) & mask; v.edges[slot].key != 0; slot = (slot + 1) & mask {
		if v.edges[slot].key == key {
			return v.edges[slot].state
		}
	}
	return 0
}

// readKeys finds the context words in the tokens.
func (s *scan) readKeys(words *vocabulary) {
	for i := range s.tokens {
		t := &s.tokens[i]
		if t.flags&isScript == 0 {
			if state := words.step(0, s.hashes[i]); state != 0 {
				s.readKey(words, state, i, int(t.start), int(t.end))
			}
			continue
		}
		for at := int(t.start); at < int(t.end); {
			r, size := utf8.DecodeRuneInString(s.text[at:])
			if state := words.step(0, uint64(r)); state != 0 {
				s.readKey(words, state, i, at, at+size)
			}
			at += size
		}
	}
}

// readKey follows the longest phrase from state, which stands for the symbol at bytes [start, end) of token i, and notes it
// unless one before reaches into it: "routing number is" is no "number is".
func (s *scan) readKey(words *vocabulary, state uint32, i, start, end int) {
	best := key{start: int32(start)}
	for at := end; state != 0; {
		if words.cues[state] != 0 {
			best.end, best.cue = int32(at), words.cues[state]
		}
		if at == int(s.tokens[i].end) {
			i++
			if i == len(s.tokens) || !s.joined(at, int(s.tokens[i].start)) {
				break
			}
			at = int(s.tokens[i].start)
		}
		if s.tokens[i].flags&isScript == 0 {
			state = words.step(state, s.hashes[i])
			at = int(s.tokens[i].end)
			continue
		}
		r, size := utf8.DecodeRuneInString(s.text[at:])
		state = words.step(state, uint64(r))
		at += size
	}
	if best.cue == 0 || len(s.keys) > 0 && s.keys[len(s.keys)-1].end > best.start {
		return
	}
	s.keys = append(s.keys, best)
}

// joined reports whether the bytes [from, to) may stand between two words of one phrase.
func (s *scan) joined(from, to int) bool {
	if to-from > 3 {
		return false
	}
	for i := from; i < to; i++ {
		switch s.text[i] {
		case ' ', '\n', '_', '-', '.', '/', '\'':
		default:
			return s.text[from:to] == "’"
		}
	}
	return true
}

// abbreviations are the words of three letters and more that take a '.' within a sentence; shorter words always may.
var abbreviations = func() map[uint64]bool {
	set := map[uint64]bool{}
	for word := range strings.FieldsSeq("acct num nos tel ext ref exp mrs approx dept est fax mob cell cust cert lic reg ssn sin " +
		"nat ins sec soc passp veh iden routg inc ltd corp ave blvd apt") {
		set[hashOf(word)] = true
	}
	return set
}()

// otherLabels are words for numbers that are no personal data. They keep the number after them from another label's reach.
var otherLabels = phrases{cueOther, "order|order number|order id|order no|invoice|invoice number|tracking|tracking number|ticket|" +
	"ticket number|case number|case id|serial|serial number|isbn|issn|sku|part number|part no|model number|product code|" +
	"product id|batch|batch number|lot number|confirmation|confirmation number|confirmation code|booking reference|flight|" +
	"reference number|transaction id|purchase order|po number|build|build number|revision|commit|article number|doi|" +
	"item number|barcode|ean|upc|asin|population|error code|status code|zip code|postal code|zip|postcode|extension|" +
	"timestamp|epoch|request id|session id|policy number|claim number|patent|docket|work order|quote number|rma|imei|" +
	"주문|주문번호|송장|송장번호|운송장|운송장번호|사건번호|접수번호|예약번호|확인번호|일련번호|상품번호|제품번호|모델번호|관리번호|문서번호|우편번호|승인번호|인증번호|" +
	"영수증|영수증번호|티켓번호|게시글|조회수|버전|빌드|특허|논문|학번|사번|注文番号|追跡番号|订单号"}
