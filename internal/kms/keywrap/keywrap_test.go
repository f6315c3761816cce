package keywrap

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"
)

// vectors is the folder of Google's Wycheproof vectors (Apache-2.0).
const vectors = "../../../../shared/vectors/wycheproof/"

// openPlain is AES key wrap without padding (RFC 3394), which shares all but the check with what KMS uses.
func openPlain(kek, wrapped []byte) ([]byte, error) {
	if len(wrapped) < 24 {
		return nil, ErrUnwrap
	}
	initial, body, err := unwind(kek, wrapped)
	if err != nil || subtle.ConstantTimeCompare(initial, bytes.Repeat([]byte{0xa6}, 8)) != 1 {
		return nil, ErrUnwrap
	}
	return body, nil
}

func TestWycheproof(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		open  func(kek, wrapped []byte) ([]byte, error)
		total int
	}{"aes_kwp": {OpenAES, 254}, "aes_wrap": {openPlain, 165}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(vectors + name + "_test.json.gz")
			if os.IsNotExist(err) {
				t.Skipf("skipped: %s is not there; put the shared folder beside the repository", vectors)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			z, err := gzip.NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			var file struct {
				TestGroups []struct {
					Tests []struct {
						TcID                 int
						Key, Msg, Ct, Result string
						Flags                []string
					}
				}
			}
			if err := json.NewDecoder(z).Decode(&file); err != nil {
				t.Fatal(err)
			}
			ran, counts := 0, map[string]int{}
			for _, g := range file.TestGroups {
				for _, v := range g.Tests {
					ran++
					counts[v.Result]++
					key, err1 := hex.DecodeString(v.Key)
					wrapped, err2 := hex.DecodeString(v.Ct)
					if err := errors.Join(err1, err2); err != nil {
						t.Fatal(err)
					}
					got, err := c.open(key, wrapped)
					opened := err == nil && hex.EncodeToString(got) == v.Msg
					if v.Result == "valid" && !opened || v.Result == "invalid" && err == nil {
						t.Errorf("vector %d (%v) is %s: opened %v, %v", v.TcID, v.Flags, v.Result, opened, err)
					}
				}
			}
			if ran != c.total {
				t.Errorf("ran %d vectors, want %d", ran, c.total)
			}
			t.Logf("%d vectors: %v", ran, counts)
		})
	}
}

// wrapAES is the plain reading of RFC 5649, section 4.1, to test against.
func wrapAES(t *testing.T, kek, key []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(kek)
	if err != nil {
		t.Fatal(err)
	}
	a := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, padded), uint32(len(key)))
	body := append(bytes.Clone(key), make([]byte, (8-len(key)%8)%8)...)
	if len(body) == 8 {
		out := append(a, body...)
		block.Encrypt(out, out)
		return out
	}
	n := len(body) / 8
	for j := range 6 {
		for i := range n {
			b := append(bytes.Clone(a), body[8*i:8*i+8]...)
			block.Encrypt(b, b)
			a = binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(b)^uint64(n*j+i+1))
			copy(body[8*i:], b[8:])
		}
	}
	return append(a, body...)
}

func TestOpen(t *testing.T) {
	t.Parallel()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	kek := make([]byte, 32)
	rand.Read(kek)
	outer, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &private.PublicKey, kek, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 7, 8, 9, 16, 32, 1217, 2374} {
		key := make([]byte, size)
		rand.Read(key)
		wrapped := append(bytes.Clone(outer), wrapAES(t, kek, key)...)
		if got, err := Open(private, RSAAESSHA256, wrapped); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%d bytes: %v", size, err)
		}
		for _, i := range []int{0, 255, 256, len(wrapped) - 1} {
			changed := bytes.Clone(wrapped)
			changed[i] ^= 1
			if _, err := Open(private, RSAAESSHA256, changed); !errors.Is(err, ErrUnwrap) {
				t.Errorf("%d bytes, byte %d changed: %v", size, i, err)
			}
		}
		if _, err := Open(private, RSAAESSHA1, wrapped); !errors.Is(err, ErrUnwrap) {
			t.Errorf("another hash: %v", err)
		}
	}
	for _, size := range []int{0, 1, 255, 256, 257, 264} {
		if _, err := Open(private, RSAAESSHA256, make([]byte, size)); !errors.Is(err, ErrUnwrap) {
			t.Errorf("%d zero bytes: %v", size, err)
		}
	}
}
