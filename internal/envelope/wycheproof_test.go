package envelope

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"
)

// TestWycheproof runs Google's vectors for AES-GCM (Apache-2.0) that have the sizes of data keys: 256-bit keys and 96-bit nonces, which stand
// before the body.
func TestWycheproof(t *testing.T) {
	t.Parallel()
	const vectors = "../../../shared/vectors/wycheproof/aes_gcm_test.json.gz"
	f, err := os.Open(vectors)
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
			IvSize, KeySize, TagSize int
			Tests                    []struct {
				TcID                               int
				Key, Iv, Aad, Msg, Ct, Tag, Result string
			}
		}
	}
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatal(err)
	}
	ran, other := 0, 0
	for _, g := range file.TestGroups {
		for _, v := range g.Tests {
			if g.IvSize != 96 || g.TagSize != 128 {
				other++
				continue
			}
			ran++
			decode := func(s string) []byte {
				b, err := hex.DecodeString(s)
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			key, err := gcm(decode(v.Key))
			if err != nil {
				t.Fatal(err)
			}
			got, err := key.Open(nil, nil, bytes.Join([][]byte{decode(v.Iv), decode(v.Ct), decode(v.Tag)}, nil), decode(v.Aad))
			if valid := err == nil && hex.EncodeToString(got) == v.Msg; valid != (v.Result == "valid") {
				t.Errorf("vector %d is %s: %v", v.TcID, v.Result, errors.Join(err))
			}
		}
	}
	if ran+other != 316 || ran == 0 {
		t.Errorf("ran %d vectors of %d, want all of 316 seen", ran, ran+other)
	}
	t.Logf("%d vectors; %d have nonces of other sizes, which data keys do not use", ran, other)
}
