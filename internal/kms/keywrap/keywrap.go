// Package keywrap opens key material that was wrapped for import: AES key wrap with padding (RFC 5649) and RSAES-OAEP, and the two together.
package keywrap

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	_ "crypto/sha1"   // linked in for RSAES_OAEP_SHA_1
	_ "crypto/sha256" // and for RSAES_OAEP_SHA_256
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// ErrUnwrap says that something was not wrapped with that key and algorithm, or has changed since.
var ErrUnwrap = errors.New("the wrapped key does not open")

// Algorithm is a wrapping algorithm of GetParametersForImport.
type Algorithm string

// The wrapping algorithms. RSAES_PKCS1_V1_5 has not been accepted by KMS since 2023; SM2PKE is for China Regions.
const (
	OAEPSHA1     Algorithm = "RSAES_OAEP_SHA_1"
	OAEPSHA256   Algorithm = "RSAES_OAEP_SHA_256"
	RSAAESSHA1   Algorithm = "RSA_AES_KEY_WRAP_SHA_1"
	RSAAESSHA256 Algorithm = "RSA_AES_KEY_WRAP_SHA_256"
)

// parts gives the hash of OAEP and whether an AES key lies between.
func (a Algorithm) parts() (h crypto.Hash, twice, ok bool) {
	switch a {
	case OAEPSHA1:
		return crypto.SHA1, false, true
	case OAEPSHA256:
		return crypto.SHA256, false, true
	case RSAAESSHA1:
		return crypto.SHA1, true, true
	case RSAAESSHA256:
		return crypto.SHA256, true, true
	default:
		return 0, false, false
	}
}

// Valid reports whether a is one of the algorithms.
func (a Algorithm) Valid() bool {
	_, _, ok := a.parts()
	return ok
}

// Long reports whether a wraps keys of any length; the others end where RSA does.
func (a Algorithm) Long() bool {
	_, twice, _ := a.parts()
	return twice
}

// Open gives the key that was wrapped for key. With the RSA_AES algorithms the first part of wrapped, as long as the modulus, is an AES
// key under RSA, and the rest is the key under AES (PKCS #11, CKM_RSA_AES_KEY_WRAP).
func Open(key *rsa.PrivateKey, a Algorithm, wrapped []byte) ([]byte, error) {
	h, twice, ok := a.parts()
	if !ok {
		return nil, errors.New("no such wrapping algorithm")
	}
	if !twice {
		return openOAEP(key, h, wrapped)
	}
	if len(wrapped) <= key.Size() {
		return nil, ErrUnwrap
	}
	kek, err := openOAEP(key, h, wrapped[:key.Size()])
	if err != nil {
		return nil, err
	}
	defer clear(kek)
	return OpenAES(kek, wrapped[key.Size():])
}

func openOAEP(key *rsa.PrivateKey, h crypto.Hash, wrapped []byte) ([]byte, error) {
	plaintext, err := rsa.DecryptOAEP(h.New(), nil, key, wrapped, nil)
	if err != nil {
		return nil, ErrUnwrap
	}
	return plaintext, nil
}

// padded is the constant in the alternative initial value of RFC 5649, section 3.
const padded = 0xa65959a6

// OpenAES opens AES key wrap with padding.
func OpenAES(kek, wrapped []byte) ([]byte, error) {
	initial, body, err := unwind(kek, wrapped)
	if err != nil {
		return nil, err
	}
	// Everything is looked at before anything is answered, so that time does not tell which part was wrong.
	wrong := subtle.ConstantTimeCompare(initial[:4], binary.BigEndian.AppendUint32(nil, padded)) ^ 1
	length := binary.BigEndian.Uint32(initial[4:])
	if length > uint32(len(body)) || int(length) <= len(body)-8 {
		return nil, ErrUnwrap
	}
	for _, b := range body[length:] {
		wrong |= subtle.ConstantTimeByteEq(b, 0) ^ 1
	}
	if wrong != 0 {
		clear(body)
		return nil, ErrUnwrap
	}
	return body[:length], nil
}

// unwind is the unwrapping process W^-1 of NIST SP 800-38F, section 6.1, which RFC 3394 and RFC 5649 share: it gives the first block,
// which the caller checks, and what follows.
func unwind(kek, wrapped []byte) (initial, body []byte, err error) {
	block, err := aes.NewCipher(kek)
	if err != nil || len(wrapped)%8 != 0 || len(wrapped) < 16 {
		return nil, nil, ErrUnwrap
	}
	if len(wrapped) == aes.BlockSize {
		// One block, and no rounds.
		opened := make([]byte, aes.BlockSize)
		block.Decrypt(opened, wrapped)
		return opened[:8], opened[8:], nil
	}
	initial, body = append([]byte(nil), wrapped[:8]...), append([]byte(nil), wrapped[8:]...)
	unwindRounds(block, initial, body)
	return initial, body, nil
}

func unwindRounds(block cipher.Block, initial, body []byte) {
	var both [aes.BlockSize]byte
	n := len(body) / 8
	for t := 6 * n; t > 0; t-- {
		part := body[(t-1)%n*8:][:8]
		binary.BigEndian.PutUint64(both[:], binary.BigEndian.Uint64(initial)^uint64(t))
		copy(both[8:], part)
		block.Decrypt(both[:], both[:])
		copy(initial, both[:8])
		copy(part, both[8:])
	}
}
