package sts

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzWebToken: of all texts a provider takes only those whose header and claims it has signed, whatever is around them.
func FuzzWebToken(f *testing.F) {
	// The key is the same in every process that fuzzes, or what one of them found would be nothing to the others.
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	public, err := private.PublicKey.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	keys, err := json.Marshal(map[string]any{"keys": []any{map[string]string{
		"kid": "one", "kty": "EC", "crv": "P-256", "use": "sig", "x": encode(public[1:33]), "y": encode(public[33:]),
	}}})
	if err != nil {
		f.Fatal(err)
	}
	file := filepath.Join(f.TempDir(), "keys")
	if err := os.WriteFile(file, keys, 0o600); err != nil {
		f.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	provider, err := NewProvider(ProviderConfig{Issuer: "https://login.example", Audiences: []string{"app"}, KeysFile: file}, http.DefaultClient, func() time.Time { return now })
	if err != nil {
		f.Fatal(err)
	}
	signed := encode([]byte(`{"alg":"ES256","kid":"one"}`)) + "." + encode([]byte(`{"iss":"https://login.example","sub":"ann","aud":"app","exp":1800000600}`))
	sum := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, private, sum[:])
	if err != nil {
		f.Fatal(err)
	}
	signature := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	token := signed + "." + encode(signature)
	if claims, err := provider.verify(f.Context(), token); err != nil || claims.Subject != "ann" {
		f.Fatalf("the token itself: %+v, %v", claims, err)
	}
	for _, seed := range []string{
		token, token + "=", token + ".", "." + token, strings.ToUpper(token), signed + ".", encode([]byte(`{"alg":"none"}`)) + signed[strings.IndexByte(signed, '.'):] + ".",
		encode([]byte(`{"alg":"HS256","kid":"one"}`)) + token[strings.IndexByte(token, '.'):], encode([]byte(`{"alg":"ES256","kid":"one","crit":["x"]}`)) + token[strings.IndexByte(token, '.'):],
		signed + "\n." + encode(signature), "", "..", "a.b.c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		issuer, named := issuerOf(text)
		claims, err := provider.verify(t.Context(), text)
		if err != nil {
			return
		}
		if !strings.HasPrefix(text, signed+".") || claims.Subject != "ann" || !named || issuer != "https://login.example" {
			t.Errorf("took %q: %+v", text, claims)
		}
	})
}
