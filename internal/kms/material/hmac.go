package material

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"

	"merlon.dev/merlon/internal/envelope"
)

// hmacKey is a key of HMAC (RFC 2104) with the SHA-2 of its spec.
type hmacKey struct {
	spec Spec
	key  []byte
}

var _ Authenticator = hmacKey{}

func hmacHash(spec Spec) crypto.Hash {
	return map[Spec]crypto.Hash{HMAC224: crypto.SHA224, HMAC256: crypto.SHA256, HMAC384: crypto.SHA384, HMAC512: crypto.SHA512}[spec]
}

// hmacLength gives the least and greatest length in bytes of imported keys: from the size of the hash to that of its block, as
// the developer guide says of key material for HMAC keys.
func hmacLength(spec Spec) (least, most int) {
	h := hmacHash(spec)
	return h.Size(), h.New().BlockSize()
}

func generateHMAC(spec Spec) (Material, error) {
	least, _ := hmacLength(spec)
	key := make([]byte, least)
	rand.Read(key)
	return hmacKey{spec, key}, nil
}

func parseHMAC(spec Spec, raw []byte) (Material, error) {
	if least, most := hmacLength(spec); len(raw) < least || len(raw) > most {
		return nil, errForm
	}
	return hmacKey{spec, bytes.Clone(raw)}, nil
}

func (m hmacKey) Spec() Spec { return m.spec }

func (m hmacKey) Wrap(ctx context.Context, s envelope.Sealer, encryptionContext map[string]string) ([]byte, error) {
	return s.Seal(ctx, m.key, encryptionContext)
}

func (m hmacKey) MAC(message []byte) []byte {
	sum := hmac.New(hmacHash(m.spec).New, m.key)
	sum.Write(message)
	return sum.Sum(nil)
}
