package sts

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// webKey is one JSON Web Key (RFC 7517).
type webKey struct {
	ID, Type, Use, Curve, N, E, X, Y string
}

// UnmarshalJSON reads the names of RFC 7517 and 7518.
func (k *webKey) UnmarshalJSON(data []byte) error {
	var raw struct {
		Kid, Kty, Use, Crv, N, E, X, Y string
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*k = webKey{raw.Kid, raw.Kty, raw.Use, raw.Crv, raw.N, raw.E, raw.X, raw.Y}
	return nil
}

// public gives the key where it is one that signatures of RS256 or ES256 are verified with.
func (k *webKey) public() (crypto.PublicKey, bool) {
	if k.Use != "" && k.Use != "sig" {
		return nil, false
	}
	switch k.Type {
	case "RSA":
		n, e := number(k.N), number(k.E)
		if n == nil || e == nil || n.BitLen() < 2048 || n.BitLen() > 8192 || !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 {
			return nil, false
		}
		return &rsa.PublicKey{N: n, E: int(e.Int64())}, true
	case "EC":
		x, okX := bytes32(k.X)
		y, okY := bytes32(k.Y)
		if k.Curve != "P-256" || !okX || !okY {
			return nil, false
		}
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
		return key, err == nil
	default:
		return nil, false
	}
}

func number(text string) *big.Int {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil
	}
	return new(big.Int).SetBytes(b)
}

func bytes32(text string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	return b, err == nil && len(b) == 32
}

// webClaims are the claims that are read of a token.
type webClaims struct {
	Issuer     string   `json:"iss"`
	Subject    string   `json:"sub"`
	Audience   texts    `json:"aud"`
	Authorized string   `json:"azp"`
	Methods    texts    `json:"amr"`
	Expires    *seconds `json:"exp"`
	NotBefore  *seconds `json:"nbf"`
	IssuedAt   *seconds `json:"iat"`
	Source     string   `json:"https://aws.amazon.com/source_identity"`
	Tags       struct {
		Principal  map[string][]string `json:"principal_tags"`
		Transitive []string            `json:"transitive_tag_keys"`
	} `json:"https://aws.amazon.com/tags"`
}

// texts is a claim that is one text or a list of them.
type texts []string

// UnmarshalJSON reads either form.
func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// seconds is a NumericDate (RFC 7519), which may have a fraction.
type seconds float64

func (s seconds) time() time.Time { return time.UnixMilli(int64(float64(s) * 1000)) }

// leeway is how far the clocks of provider and server may differ.
const leeway = time.Minute

// issuerOf gives the issuer that a token names, unproven.
func issuerOf(token string) (string, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", false
	}
	var claims webClaims
	return claims.Issuer, decode(parts[1], &claims) && claims.Issuer != ""
}

// verify proves a token and gives its claims. Faults carry the code InvalidIdentityToken or ExpiredTokenException.
func (p *Provider) verify(ctx context.Context, token string) (webClaims, error) {
	var claims webClaims
	parts := strings.Split(token, ".")
	var header struct {
		Algorithm string   `json:"alg"`
		KeyID     string   `json:"kid"`
		Critical  []string `json:"crit"`
	}
	if len(parts) != 3 || !decode(parts[0], &header) || !decode(parts[1], &claims) {
		return claims, invalidToken("The web identity token that was passed could not be parsed.")
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(header.Critical) > 0 {
		return claims, invalidToken("The web identity token that was passed could not be parsed.")
	}
	key, err := p.key(ctx, header.KeyID)
	if err != nil {
		return claims, err
	}
	if !proves(key, header.Algorithm, parts[0]+"."+parts[1], signature) {
		return claims, invalidToken("The signature of the web identity token is not valid.")
	}
	return claims, p.judge(claims)
}

// proves verifies a signature with the algorithm that belongs to the key: what the token says only has to agree.
func proves(key crypto.PublicKey, algorithm, text string, signature []byte) bool {
	digest := sha256.Sum256([]byte(text))
	switch key := key.(type) {
	case *rsa.PublicKey:
		return algorithm == "RS256" && rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
	case *ecdsa.PublicKey:
		if algorithm != "ES256" || len(signature) != 64 {
			return false
		}
		return ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	default:
		return false
	}
}

// judge holds the claims of a proven token against the configuration and the clock.
func (p *Provider) judge(c webClaims) error {
	now := p.now()
	switch {
	case c.Issuer != p.config.Issuer:
		return invalidToken("The issuer of the web identity token is not the identity provider.")
	case c.Subject == "":
		return invalidToken("Missing a required claim: sub")
	case c.Expires == nil:
		return invalidToken("Missing a required claim: exp")
	case !now.Before(c.Expires.time().Add(leeway)):
		return &fault.Error{Kind: fault.Invalid, Code: "ExpiredTokenException", Message: "Token expired: the web identity token that was passed is expired."}
	case c.NotBefore != nil && now.Add(leeway).Before(c.NotBefore.time()), c.IssuedAt != nil && now.Add(leeway).Before(c.IssuedAt.time()):
		return invalidToken("The web identity token is not valid yet.")
	case !slices.Contains(p.config.Audiences, c.audience()):
		return &fault.Error{Kind: fault.Invalid, Code: "InvalidIdentityToken", Message: "Incorrect token audience"}
	default:
		return nil
	}
}

// audience gives whom the token was made for: azp where there is one, else the single audience.
func (c webClaims) audience() string {
	if c.Authorized != "" {
		return c.Authorized
	}
	if len(c.Audience) == 1 {
		return c.Audience[0]
	}
	return ""
}

// decode reads a part of a token.
func decode(part string, value any) bool {
	data, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return err == nil && json.Unmarshal(data, value) == nil
}
