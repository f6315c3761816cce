// Package pagination makes the page tokens that lists hand out: opaque to clients, signed, and good for one list only.
package pagination

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// Lifetime is how long a token is accepted.
const Lifetime = 24 * time.Hour

// The parts of a token before it is written in base64: format, expiry in Unix seconds, position, signature.
const (
	format    = 1
	headSize  = 1 + 8
	macSize   = sha256.Size
	keySize   = 32
	tokenSize = headSize + 8 + macSize
)

// Signer seals positions into tokens and opens them again. It is immutable and safe for concurrent use.
type Signer struct {
	key []byte
	now func() time.Time
}

// List is what a token belongs to. A token is worthless for any other.
type List struct {
	Account, Region string
	Operation       string // "ListGuardrails"
	// Query holds every parameter that decides what is in the list, in a fixed order; the size of a page is not one of them.
	Query []string
}

// New makes a signer with a secret key of 32 bytes, which every server that shares a store must share.
func New(key []byte, now func() time.Time) (*Signer, error) {
	if len(key) != keySize {
		return nil, errors.New("pagination: the key must have 32 bytes")
	}
	return &Signer{key: key, now: now}, nil
}

// Seal gives the token that leads on from position in list. It has no characters that need escaping in a URL.
func (s *Signer) Seal(list List, position int64) string {
	token := make([]byte, 0, tokenSize)
	token = append(token, format)
	token = binary.BigEndian.AppendUint64(token, uint64(s.now().Add(Lifetime).Unix()))
	token = binary.BigEndian.AppendUint64(token, uint64(position))
	return base64.RawURLEncoding.EncodeToString(s.sign(token, list))
}

// Open gives the position in a token that Seal made for the same list. An empty token is the beginning, position 0. Every
// other one that is not genuine, is too old or belongs to another list is a fault of kind Invalid that names nextToken.
func (s *Signer) Open(list List, token string) (int64, error) {
	if token == "" {
		return 0, nil
	}
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenSize) { // the decoder would skip line breaks
		return 0, errToken()
	}
	// Strict, so that no two spellings of a token are accepted.
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != tokenSize || raw[0] != format {
		return 0, errToken()
	}
	content := raw[:tokenSize-macSize]
	if !hmac.Equal(raw, s.sign(content[:len(content):len(content)], list)) {
		return 0, errToken()
	}
	expiry := int64(binary.BigEndian.Uint64(content[1:headSize]))
	if s.now().Unix() >= expiry {
		return 0, errToken()
	}
	return int64(binary.BigEndian.Uint64(content[headSize:])), nil
}

// sign appends the signature of content and list to content.
func (s *Signer) sign(content []byte, list List) []byte {
	mac := hmac.New(sha256.New, s.key)
	write(mac, string(content))
	for _, part := range append([]string{list.Account, list.Region, list.Operation}, list.Query...) {
		write(mac, part)
	}
	return mac.Sum(content)
}

// write adds a part with its length in front, so that no two lists are signed alike.
func write(mac hash.Hash, part string) {
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
	mac.Write([]byte(part))
}

func errToken() error {
	return fault.New(fault.Invalid, "The nextToken provided in the request is not valid for this list.")
}
