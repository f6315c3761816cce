package sts

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzWebToken: of all texts a provider takes only those whose header and claims it has signed, whatever is around them.
func FuzzWebToken(f *testing.F) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	keys, err := json.Marshal(map[string]any{"keys": []any{map[string]string{
		"kid": "one", "kty": "RSA", "use": "sig", "n": encode(private.N.Bytes()), "e": encode(big.NewInt(int64(private.E)).Bytes()),
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
	signed := encode([]byte(`{"alg":"RS256","kid":"one"}`)) + "." + encode([]byte(`{"iss":"https://login.example","sub":"ann","aud":"app","exp":1800000600}`))
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, sum[:])
	if err != nil {
		f.Fatal(err)
	}
	token := signed + "." + encode(signature)
	if claims, err := provider.verify(f.Context(), token); err != nil || claims.Subject != "ann" {
		f.Fatalf("the token itself: %+v, %v", claims, err)
	}
	for _, seed := range []string{
		token, token + "=", token + ".", "." + token, strings.ToUpper(token), signed + ".", encode([]byte(`{"alg":"none"}`)) + signed[strings.IndexByte(signed, '.'):] + ".",
		encode([]byte(`{"alg":"HS256","kid":"one"}`)) + token[strings.IndexByte(token, '.'):], encode([]byte(`{"alg":"RS256","kid":"one","crit":["x"]}`)) + token[strings.IndexByte(token, '.'):],
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
