package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"merlon.dev/merlon/internal/secret"
)

// maxKeys bounds the cache of derived keys: one entry for each access key, day, Region and service in use.
const maxKeys = 4096

// Credentials are what a caller signs with.
type Credentials struct {
	AccessKeyID string
	Secret      secret.String
	// SessionToken is empty for long-term credentials.
	SessionToken secret.String
}

type keyName struct{ accessKeyID, date, region, service string }

type derivedKey struct {
	secret secret.String // a changed secret makes the entry stale
	key    [sha256.Size]byte
}

// keyCache holds derived signing keys. The zero value is empty and ready; it is safe for concurrent use.
type keyCache struct {
	mu   sync.RWMutex
	keys map[keyName]derivedKey
}

// get gives the signing key, from the cache where it holds one. It does not add: see put.
func (c *keyCache) get(name keyName, from secret.String) [sha256.Size]byte {
	c.mu.RLock()
	entry, ok := c.keys[name]
	c.mu.RUnlock()
	if ok && entry.secret.Equal(from) {
		return entry.key
	}
	return derive(from, name.date, name.region, name.service)
}

// put remembers a key. It is called for proven signatures only, so that nobody without a secret can push entries out.
func (c *keyCache) put(name keyName, from secret.String, key [sha256.Size]byte) {
	c.mu.RLock()
	entry, ok := c.keys[name]
	c.mu.RUnlock()
	if ok && entry.secret.Equal(from) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil || len(c.keys) >= maxKeys {
		// Keys live for a day at most; starting afresh is cheaper than keeping an order of use.
		c.keys = map[keyName]derivedKey{}
	}
	c.keys[name] = derivedKey{from, key}
}

func derive(from secret.String, date, region, service string) (key [sha256.Size]byte) {
	b := []byte("AWS4" + from.Reveal())
	for _, part := range [...]string{date, region, service, terminator} {
		key = mac(b, []byte(part))
		b = key[:]
	}
	return key
}

func mac(key, message []byte) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	h.Sum(sum[:0])
	return sum
}

// signature gives the hexadecimal signature of a string to sign.
func signature(key [sha256.Size]byte, toSign []byte) (out [2 * sha256.Size]byte) {
	sum := mac(key[:], toSign)
	hex.Encode(out[:], sum[:])
	return out
}
