package material

import (
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// vectors is the folder of Google's Wycheproof vectors (Apache-2.0).
const vectors = "../../../../shared/vectors/wycheproof/"

type group struct {
	PublicKeyDer    string
	PrivateKeyPkcs8 string
	KeySize         int
	TagSize         int
	Tests           []vector
}

type vector struct {
	TcID                                       int
	Msg, Sig, Ct, Label, Key, Tag, Result, Aad string
	Iv                                         string
	Flags                                      []string
}

func load(t *testing.T, name string) []group {
	t.Helper()
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
	var file struct{ TestGroups []group }
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatal(err)
	}
	return file.TestGroups
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// agree counts a vector and fails the test where accepted differs from what it says.
func (v vector) agree(t *testing.T, accepted bool, counts map[string]int) {
	t.Helper()
	counts[v.Result]++
	// "acceptable" leaves the choice.
	if v.Result == "valid" && !accepted || v.Result == "invalid" && accepted {
		t.Errorf("vector %d (%v) is %s, accepted: %v", v.TcID, v.Flags, v.Result, accepted)
	}
}

func TestWycheproofSignatures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		algorithm Algorithm
		total     int
	}{
		"ecdsa_secp256r1_sha256":      {ECDSASHA256, 484},
		"ecdsa_secp256r1_sha512":      {ECDSASHA512, 554},
		"ecdsa_secp384r1_sha256":      {ECDSASHA256, 472},
		"ecdsa_secp384r1_sha384":      {ECDSASHA384, 504},
		"ecdsa_secp384r1_sha512":      {ECDSASHA512, 542},
		"ecdsa_secp521r1_sha512":      {ECDSASHA512, 542},
		"ed25519":                     {Ed25519, 151},
		"rsa_pss_2048_sha256_mgf1_32": {PSSSHA256, 108},
		"rsa_signature_2048_sha256":   {PKCS1SHA256, 259},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counts, ran := map[string]int{}, 0
			for _, g := range load(t, name) {
				key, err := x509.ParsePKIXPublicKey(unhex(t, g.PublicKeyDer))
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range g.Tests {
					message, signature := Message{Raw, unhex(t, v.Msg)}, unhex(t, v.Sig)
					var valid bool
					switch key := key.(type) {
					case *ecdsa.PublicKey:
						valid, err = verifyECDSA(key, c.algorithm, message, signature)
					case *rsa.PublicKey:
						valid, err = verifyRSA(key, c.algorithm, message, signature)
					case ed25519.PublicKey:
						valid, err = verifyEdwards(key, c.algorithm, message, signature)
					default:
						t.Fatalf("a key of type %T", key)
					}
					if err != nil {
						t.Fatal(err)
					}
					v.agree(t, valid, counts)
					ran++
				}
			}
			if ran != c.total {
				t.Errorf("ran %d vectors, want %d", ran, c.total)
			}
			t.Logf("%d vectors: %v", ran, counts)
		})
	}
}

func TestWycheproofOAEP(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		algorithm Algorithm
		total     int
	}{
		"rsa_oaep_2048_sha1_mgf1sha1":     {OAEPSHA1, 36},
		"rsa_oaep_2048_sha256_mgf1sha256": {OAEPSHA256, 37},
		// KMS has no algorithm with SHA-1 as MGF1's hash and SHA-256 beside it: nothing of it may open.
		"rsa_oaep_2048_sha256_mgf1sha1": {OAEPSHA256, 31},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counts, ran := map[string]int{}, 0
			for _, g := range load(t, name) {
				key, err := Import(RSA2048, unhex(t, g.PrivateKeyPkcs8))
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range g.Tests {
					ran++
					got, err := key.(Crypter).Decrypt(c.algorithm, unhex(t, v.Ct), nil)
					// KMS has no labels either.
					if v.Label != "" || name == "rsa_oaep_2048_sha256_mgf1sha1" {
						v.Result = "invalid"
					}
					v.agree(t, err == nil && hex.EncodeToString(got) == v.Msg, counts)
				}
			}
			if ran != c.total {
				t.Errorf("ran %d vectors, want %d", ran, c.total)
			}
			t.Logf("%d vectors: %v", ran, counts)
		})
	}
}

func TestWycheproofHMAC(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spec  Spec
		total int
	}{"hmac_sha224": {HMAC224, 172}, "hmac_sha256": {HMAC256, 174}, "hmac_sha384": {HMAC384, 174}, "hmac_sha512": {HMAC512, 174}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counts, ran, short := map[string]int{}, 0, 0
			for _, g := range load(t, name) {
				for _, v := range g.Tests {
					ran++
					raw := unhex(t, v.Key)
					// The vectors have keys of every length; KMS bounds those that it imports.
					if _, err := Import(c.spec, raw); err != nil {
						short++
					}
					mac := hmacKey{c.spec, raw}.MAC(unhex(t, v.Msg))
					v.agree(t, subtle.ConstantTimeCompare(mac[:g.TagSize/8], unhex(t, v.Tag)) == 1, counts)
				}
			}
			if ran != c.total {
				t.Errorf("ran %d vectors, want %d", ran, c.total)
			}
			t.Logf("%d vectors: %v, %d with keys that KMS does not import", ran, counts, short)
		})
	}
}
