package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
)

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// String gives the hash in hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what String gives; ok is false for anything else.
func ParseHash(s string) (h Hash, ok bool) {
	n, err := hex.Decode(h[:], []byte(s[:min(len(s), 2*len(h))]))
	return h, err == nil && n == len(h) && len(s) == 2*len(h) && h.String() == s
}

// Point is a place between two records: the sequence of the one before it and the chain there. The zero value is the beginning.
type Point struct {
	Sequence uint64
	Chain    Hash
}

// Next gives the point behind a record of this length and SHA-256 that stands at p.
func (p Point) Next(length int, leaf Hash) Point {
	var text [2*sha256.Size + 16]byte
	copy(text[:], p.Chain[:])
	binary.BigEndian.PutUint64(text[sha256.Size:], p.Sequence+1)
	binary.BigEndian.PutUint64(text[sha256.Size+8:], uint64(length))
	copy(text[sha256.Size+16:], leaf[:])
	return Point{p.Sequence + 1, sha256.Sum256(text[:])}
}

// The fixed parts of a line.
const (
	partSequence = `{"sequence":`
	partLength   = `,"length":`
	partRecord   = `,"record":`
	partChain    = `,"chain":"`
	partEnd      = "\"}\n"
	frameSize    = len(partSequence) + 20 + len(partLength) + 20 + len(partRecord) + len(partChain) + 2*sha256.Size + len(partEnd)
)

// appendFrame appends the line of a record; at is the point behind it.
func appendFrame(dst, record []byte, at Point) []byte {
	dst = append(dst, partSequence...)
	dst = strconv.AppendUint(dst, at.Sequence, 10)
	dst = append(dst, partLength...)
	dst = strconv.AppendInt(dst, int64(len(record)), 10)
	dst = append(dst, partRecord...)
	dst = append(dst, record...)
	dst = append(dst, partChain...)
	dst = hex.AppendEncode(dst, at.Chain[:])
	return append(dst, partEnd...)
}

// Frame is a parsed line. Record shares memory with it.
type Frame struct {
	Sequence uint64
	Record   []byte
	Chain    Hash
}

var errFrame = errors.New("not a line of the journal")

// ParseFrame reads one line with its line feed. There is one spelling of every frame, so no byte of a line can change unseen.
func ParseFrame(line []byte) (f Frame, err error) {
	rest := line
	var length uint64
	ok := cut(&rest, partSequence) && number(&rest, &f.Sequence) && cut(&rest, partLength) && number(&rest, &length) && cut(&rest, partRecord)
	if !ok || length > uint64(len(rest)) || len(rest)-int(length) != len(partChain)+2*sha256.Size+len(partEnd) {
		return Frame{}, errFrame
	}
	f.Record, rest = rest[:length], rest[length:]
	if !cut(&rest, partChain) || !unhex(&f.Chain, rest[:2*sha256.Size]) || string(rest[2*sha256.Size:]) != partEnd {
		return Frame{}, errFrame
	}
	return f, nil
}

func cut(rest *[]byte, prefix string) bool {
	after, ok := bytes.CutPrefix(*rest, []byte(prefix))
	*rest = after
	return ok
}

// number reads a decimal number without leading zeros that fits 63 bits.
func number(rest *[]byte, n *uint64) bool {
	i := 0
	for ; i < len(*rest) && (*rest)[i]-'0' <= 9; i++ {
		if i == 18 {
			return false
		}
		*n = *n*10 + uint64((*rest)[i]-'0')
	}
	ok := i > 0 && ((*rest)[0] != '0' || i == 1)
	*rest = (*rest)[i:]
	return ok
}

// unhex reads lower-case hex alone.
func unhex(h *Hash, text []byte) bool {
	for _, c := range text {
		if c >= 'A' && c <= 'F' {
			return false
		}
	}
	_, err := hex.Decode(h[:], text)
	return err == nil
}

// Leaf gives the SHA-256 of a record.
func Leaf(record []byte) Hash { return sha256.Sum256(record) }
